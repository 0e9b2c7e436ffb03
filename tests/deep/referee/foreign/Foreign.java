import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.bouncycastle.asn1.gm.GMNamedCurves;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.digests.SM3Digest;
import org.bouncycastle.crypto.engines.SM4Engine;
import org.bouncycastle.crypto.paddings.PaddedBufferedBlockCipher;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.params.KeyParameter;
import org.bouncycastle.crypto.params.ParametersWithID;
import org.bouncycastle.crypto.signers.PlainDSAEncoding;
import org.bouncycastle.crypto.signers.SM2Signer;
import org.bouncycastle.util.encoders.Hex;

/** Prescription-centre messages with BouncyCastle. Arguments: close|open appId appSecret d. */
public class Foreign {
    static final byte[] ID = "1234567812345678".getBytes(StandardCharsets.US_ASCII);
    static final X9ECParameters CURVE = GMNamedCurves.getByName("sm2p256v1");
    static final ECDomainParameters DOMAIN =
        new ECDomainParameters(CURVE.getCurve(), CURVE.getG(), CURVE.getN(), CURVE.getH());

    public static void main(String[] args) throws Exception {
        String appId = args[1];
        String secret = args[2];
        BigInteger d = new BigInteger(args[3], 16);
        byte[] key = key(appId, secret);
        BufferedReader in =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        PrintStream out = new PrintStream(System.out, false, "UTF-8");
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            Object given = new Reader(line).value();
            out.print(args[0].equals("close") ? close(given, appId, secret, d, key)
                : open(given, secret, d, key));
            out.print('\n');
        }
        out.flush();
    }

    static String close(Object given, String appId, String secret, BigInteger d, byte[] key)
            throws Exception {
        String plain = write(normal(given));
        TreeMap<String, Object> head = new TreeMap<>();
        head.put("appId", appId);
        head.put("encType", "SM4");
        head.put("signType", "SM2");
        head.put("timestamp", "1757326792488");
        head.put("version", "1.0.0");
        SM2Signer signer = new SM2Signer(PlainDSAEncoding.INSTANCE, new SM3Digest());
        signer.init(true, new ParametersWithID(new ECPrivateKeyParameters(d, DOMAIN), ID));
        byte[] text = signed(head, plain, secret);
        signer.update(text, 0, text.length);
        String content = plain.equals("null") ? "{}" : plain;
        byte[] sealed = sm4(true, key, content.getBytes(StandardCharsets.UTF_8));
        head.put("encData", Hex.toHexString(sealed).toUpperCase());
        head.put("signData", Base64.getEncoder().encodeToString(signer.generateSignature()));
        return write(head);
    }

    @SuppressWarnings("unchecked")
    static String open(Object given, String secret, BigInteger d, byte[] key) throws Exception {
        TreeMap<String, Object> message = (TreeMap<String, Object>) given;
        byte[] sealed = Hex.decode((String) message.remove("encData"));
        byte[] signature = Base64.getDecoder().decode((String) message.remove("signData"));
        String plain;
        try {
            String text = new String(sm4(false, key, sealed), StandardCharsets.UTF_8);
            plain = write(normal(new Reader(text).value()));
        } catch (Exception garbled) {
            return "cipher";
        }
        SM2Signer signer = new SM2Signer(PlainDSAEncoding.INSTANCE, new SM3Digest());
        ECPublicKeyParameters q =
            new ECPublicKeyParameters(CURVE.getG().multiply(d).normalize(), DOMAIN);
        signer.init(false, new ParametersWithID(q, ID));
        byte[] text = signed(message, plain, secret);
        signer.update(text, 0, text.length);
        return signer.verifySignature(signature) ? plain : "signature";
    }

    static byte[] key(String appId, String secret) throws Exception {
        byte[] first = appId.substring(0, 16).getBytes(StandardCharsets.US_ASCII);
        byte[] sealed = sm4(true, first, secret.getBytes(StandardCharsets.UTF_8));
        return Hex.toHexString(sealed).toUpperCase().substring(0, 16)
            .getBytes(StandardCharsets.US_ASCII);
    }

    static byte[] sm4(boolean encrypt, byte[] key, byte[] content) throws Exception {
        PaddedBufferedBlockCipher cipher = new PaddedBufferedBlockCipher(new SM4Engine());
        cipher.init(encrypt, new KeyParameter(key));
        byte[] made = new byte[cipher.getOutputSize(content.length)];
        int length = cipher.processBytes(content, 0, content.length, made, 0);
        length += cipher.doFinal(made, length);
        return java.util.Arrays.copyOf(made, length);
    }

    static byte[] signed(Map<String, Object> head, String plain, String secret) {
        TreeMap<String, String> parts = new TreeMap<>();
        for (Map.Entry<String, Object> entry : head.entrySet()) {
            if (entry.getValue() instanceof String && !"".equals(entry.getValue())) {
                parts.put(entry.getKey(), (String) entry.getValue());
            }
        }
        if (!plain.equals("null")) {
            parts.put("data", plain);
        }
        StringBuilder text = new StringBuilder();
        for (Map.Entry<String, String> part : parts.entrySet()) {
            text.append(part.getKey()).append('=').append(part.getValue()).append('&');
        }
        return text.append("key=").append(secret).toString().getBytes(StandardCharsets.UTF_8);
    }

    @SuppressWarnings("unchecked")
    static Object normal(Object value) {
        if (value instanceof Map) {
            TreeMap<String, Object> kept = new TreeMap<>();
            for (Map.Entry<String, Object> entry : ((Map<String, Object>) value).entrySet()) {
                Object part = normal(entry.getValue());
                if (part != null) {
                    kept.put(entry.getKey(), part);
                }
            }
            return kept.isEmpty() ? null : kept;
        }
        if (value instanceof List) {
            List<Object> kept = new ArrayList<>();
            for (Object element : (List<Object>) value) {
                Object part = normal(element);
                if (part != null) {
                    kept.add(part);
                }
            }
            return kept.isEmpty() ? null : kept;
        }
        return "".equals(value) ? null : value;
    }

    @SuppressWarnings("unchecked")
    static String write(Object value) {
        StringBuilder out = new StringBuilder();
        if (value instanceof Map) {
            String comma = "";
            out.append('{');
            for (Map.Entry<String, Object> entry : ((Map<String, Object>) value).entrySet()) {
                out.append(comma).append(write(entry.getKey())).append(':');
                out.append(write(entry.getValue()));
                comma = ",";
            }
            return out.append('}').toString();
        }
        if (value instanceof List) {
            String comma = "";
            out.append('[');
            for (Object element : (List<Object>) value) {
                out.append(comma).append(write(element));
                comma = ",";
            }
            return out.append(']').toString();
        }
        return value == null ? "null" : quoted((String) value);
    }

    static String quoted(String text) {
        StringBuilder out = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            int known = "\"\\\b\f\n\r\t".indexOf(c);
            if (known >= 0) {
                out.append('\\').append("\"\\bfnrt".charAt(known));
            } else if (c < 0x20) {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        return out.append('"').toString();
    }

    /** JSON; numbers and truth values come out as the texts they were written with. */
    static class Reader {
        final String text;
        int at = 0;

        Reader(String text) {
            this.text = text;
        }

        Object value() {
            blank();
            char c = text.charAt(at);
            if (c == '{') {
                TreeMap<String, Object> found = new TreeMap<>();
                at++;
                for (blank(); text.charAt(at) != '}'; blank()) {
                    String name = string();
                    blank();
                    at++;
                    found.put(name, value());
                    blank();
                    at += text.charAt(at) == ',' ? 1 : 0;
                }
                at++;
                return found;
            }
            if (c == '[') {
                List<Object> found = new ArrayList<>();
                at++;
                for (blank(); text.charAt(at) != ']'; blank()) {
                    found.add(value());
                    blank();
                    at += text.charAt(at) == ',' ? 1 : 0;
                }
                at++;
                return found;
            }
            return c == '"' ? string() : word();
        }

        String word() {
            int from = at;
            while (at < text.length() && ",]} \t\r\n".indexOf(text.charAt(at)) < 0) {
                at++;
            }
            String found = text.substring(from, at);
            return found.equals("null") ? null : found;
        }

        String string() {
            StringBuilder out = new StringBuilder();
            for (at++; text.charAt(at) != '"'; at++) {
                char c = text.charAt(at);
                if (c != '\\') {
                    out.append(c);
                    continue;
                }
                c = text.charAt(++at);
                int known = "bfnrt".indexOf(c);
                if (c == 'u') {
                    out.append((char) Integer.parseInt(text.substring(at + 1, at + 5), 16));
                    at += 4;
                } else {
                    out.append(known < 0 ? c : "\b\f\n\r\t".charAt(known));
                }
            }
            at++;
            return out.toString();
        }

        void blank() {
            while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
                at++;
            }
        }
    }
}
