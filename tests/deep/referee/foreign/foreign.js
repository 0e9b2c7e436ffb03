// Prescription-centre messages with sm-crypto. Arguments: close|open appId appSecret d.
'use strict'
const readline = require('readline')
const {createRequire} = require('module')
const {sm2, sm4} = createRequire(process.cwd() + '/')('sm-crypto')

const [mode, appId, secret, d] = process.argv.slice(2)
const hex = text => Buffer.from(text, 'utf8').toString('hex')
const full = sm4.encrypt(secret, hex(appId.slice(0, 16))).toUpperCase()
const key = hex(full.slice(0, 16))
const point = sm2.getPublicKeyFromPrivateKey(d)

// numbers arrive as text where digits matter; whole ones below 2^53 are exact in this language
function normal (value) {
  if (value === null || value === '') return undefined
  if (Array.isArray(value)) {
    const kept = value.map(normal).filter(part => part !== undefined)
    return kept.length ? kept : undefined
  }
  if (typeof value === 'object') {
    const kept = Object.keys(value).sort().map(name => [name, normal(value[name])])
      .filter(([, part]) => part !== undefined)
    return kept.length ? new Map(kept) : undefined
  }
  return String(value)
}

// a Map, because an object would put names that are whole numbers first
function write (value) {
  if (value instanceof Map) {
    return '{' + [...value].map(([n, part]) => JSON.stringify(n) + ':' + write(part)).join(',') + '}'
  }
  if (Array.isArray(value)) return '[' + value.map(write).join(',') + ']'
  return JSON.stringify(value)
}

function signed (head, plain) {
  const parts = Object.assign({}, head)
  if (plain !== undefined) parts.data = plain
  const names = Object.keys(parts).filter(name => parts[name] !== '').sort()
  return names.map(name => name + '=' + parts[name]).join('&') + '&key=' + secret
}

function close (content) {
  const kept = normal(content)
  const plain = kept === undefined ? undefined : write(kept)
  const head = {
    appId, encType: 'SM4', signType: 'SM2', timestamp: '1757326792488', version: '1.0.0'
  }
  const raw = sm2.doSignature(signed(head, plain), d, {hash: true, publicKey: point})
  head.encData = sm4.encrypt(plain === undefined ? '{}' : plain, key).toUpperCase()
  head.signData = Buffer.from(raw, 'hex').toString('base64')
  return JSON.stringify(head)
}

function open (message) {
  const {encData, signData, ...head} = message
  let kept
  try {
    kept = normal(JSON.parse(sm4.decrypt(encData.toLowerCase(), key)))
  } catch (garbled) {
    return 'cipher'
  }
  const plain = kept === undefined ? undefined : write(kept)
  const raw = Buffer.from(signData, 'base64').toString('hex')
  const fits = sm2.doVerifySignature(signed(head, plain), raw, point, {hash: true})
  return fits ? (plain === undefined ? 'null' : plain) : 'signature'
}

const made = []
readline.createInterface({input: process.stdin, crlfDelay: Infinity})
  .on('line', line => made.push((mode === 'close' ? close : open)(JSON.parse(line))))
  .on('close', () => process.stdout.write(made.join('\n') + '\n'))
