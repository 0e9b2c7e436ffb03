/* The library of a certified scanner or 综合服务终端 as the counter meets it: it reads the code off
   a phone by itself and asks the decoding service by itself (identity-and-devices 2.3, 2.9).

   The phone that somebody holds out is "phone.txt" beside the library. "fault.txt" makes it
   misbehave once. "trace.txt" says what it did. */

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { DONE = 0, SYSTEM = -1, ROOM = 8192, STEP_US = 2000, WAIT_STEPS = 15000 };

static char fault[64];
static char address[512];

static void note(const char *word) {
    FILE *file = fopen("trace.txt", "a");
    if (file) {
        fprintf(file, "%s\n", word);
        fclose(file);
    }
}

static void take_fault(void) {
    FILE *file = fopen("fault.txt", "r");
    fault[0] = 0;
    if (!file) return;
    if (fscanf(file, "%63s", fault) != 1) fault[0] = 0;
    fclose(file);
    unlink("fault.txt");
}

static int plays(const char *name) { return strcmp(fault, name) == 0; }

/* What stands on the phone that is held out; used up by reading. 0 where nobody comes. */
static int read_phone(char *code) {
    for (int step = 0; step < WAIT_STEPS; step++) {
        FILE *file = fopen("phone.txt", "r");
        if (file) {
            int found = fscanf(file, "%63s", code);
            fclose(file);
            if (found == 1) {
                unlink("phone.txt");
                note("read");
                return 1;
            }
        }
        usleep(STEP_US);
    }
    return 0;
}

static char *posted(const char *url, const char *message) {
    char host[64], path[256], head[512];
    int port = 0, sock;
    struct sockaddr_in there = {.sin_family = AF_INET};
    if (sscanf(url, "http://%63[^:/]:%d%255s", host, &port, path) != 3) return NULL;
    there.sin_port = htons((unsigned short)port);
    if (inet_pton(AF_INET, host, &there.sin_addr) != 1) return NULL;
    sock = socket(AF_INET, SOCK_STREAM, 0);
    if (sock < 0 || connect(sock, (struct sockaddr *)&there, sizeof there) != 0) return NULL;
    snprintf(head, sizeof head,
             "POST %s HTTP/1.1\r\nHost: terminal\r\nContent-Type: application/json\r\n"
             "Connection: close\r\nContent-Length: %zu\r\n\r\n",
             path, strlen(message));
    if (send(sock, head, strlen(head), MSG_NOSIGNAL) < 0 ||
        send(sock, message, strlen(message), MSG_NOSIGNAL) < 0) {
        close(sock);
        return NULL;
    }
    size_t room = 65536, length = 0;
    char *whole = malloc(room);
    ssize_t got;
    while (length < room - 1 && (got = recv(sock, whole + length, room - length - 1, 0)) > 0)
        length += (size_t)got;
    whole[length] = 0;
    close(sock);
    char *body = strstr(whole, "\r\n\r\n");
    char *kept = body ? strdup(body + 4) : NULL;
    free(whole);
    return kept;
}

/* DONE with an answer in the room, or SYSTEM. */
static int ask(const char *url, const char *question, char *answer) {
    char code[64], message[4096];
    take_fault();
    printf("vendor noise on standard output\n");
    fflush(stdout);
    note("asked");
    if (plays("crash")) raise(SIGSEGV);
    if (plays("hang")) for (;;) pause();
    if (plays("minus_one")) return SYSTEM;
    if (plays("nothing")) return DONE;
    if (plays("garbage")) {
        strcpy(answer, "\x01\xff<html>502</html>");
        return DONE;
    }
    if (plays("gbk")) {
        strcpy(answer, "{\"code\":0,\"data\":{\"userName\":\"\xd5\xc5\xc8\xfd\"}}");
        return DONE;
    }
    if (plays("beyond")) {
        memset(answer, 'x', 30000);
        return DONE;
    }
    if (plays("cancelled")) {
        strcpy(answer, "{\"code\":-2,\"message\":\"cancelled\"}");
        return DONE;
    }
    if (!read_phone(code)) return SYSTEM;
    const char *data = strstr(question, "\"data\":{");
    if (!data) return SYSTEM;
    data += strlen("\"data\":{");
    snprintf(message, sizeof message, "%.*s\"ecQrCode\":\"%s\",%s", (int)(data - question), question,
             code, data);
    char *told = posted(url, message);
    note("answered");
    if (plays("late")) for (;;) pause();
    if (plays("crash_after")) raise(SIGSEGV);
    if (!told || strlen(told) + 1 > ROOM) return SYSTEM;
    strcpy(answer, told);
    free(told);
    return DONE;
}

/* The national library: address, question and room; a text comes back. */

const char *NationEcTrans(const char *url, const char *question, char *answer) {
    note(strstr(question, "\"transType\":\"ec.query\"") ? "ec.query" : "?");
    int value = ask(url, question, answer);
    if (plays("null")) return NULL;
    return value == DONE ? "0000" : "-1";
}

/* The library of the 综合服务终端: opened with a JSON text. */

int Init(const char *settings, char *errmsg) {
    const char *named = strstr(settings, "\"EC_URL\":\"");
    note("opened");
    if (!named || sscanf(named, "\"EC_URL\":\"%511[^\"]", address) != 1 ||
        !strstr(settings, "\"ORG_ID\":\"P")) {
        strcpy(errmsg, "EC_URL, ORG_ID");
        return SYSTEM;
    }
    return DONE;
}

int EcQuery(const char *question, char *answer) {
    note(strstr(question, "\"transType\":\"cn.nhsa.qrcode.get\"") ? "qrcode.get" : "?");
    return ask(address, question, answer);
}
