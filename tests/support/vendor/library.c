/* A vendor's library as the counter meets it, in each of the three public signatures.

   It reads "address.txt" beside itself (host, port and path), posts what it is given there over
   HTTP, and hands the answer back. "fault.txt" beside itself makes it misbehave once: a text that
   the message must contain, a tab, and the fault. Texts for errors are in GBK. */

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { DONE = 0, SYSTEM = -1, BUSINESS = -2, SMALL = -7, PLAIN_ROOM = 50000, NEEDS = 1 << 20 };

static char fault[64];

static void say(char *errmsg, const char *text) {
    if (errmsg) strcpy(errmsg, text);
}

/* The fault for this message, used up by asking. */
static void take_fault(const char *message) {
    char needle[128];
    FILE *file = fopen("fault.txt", "r");
    fault[0] = 0;
    if (!file) return;
    int found = fscanf(file, "%127[^\t]\t%63s", needle, fault);
    fclose(file);
    if (found != 2 || !strstr(message, needle)) {
        fault[0] = 0;
        return;
    }
    unlink("fault.txt");
}

static int plays(const char *name) { return strcmp(fault, name) == 0; }

static void note(const char *word) {
    FILE *file = fopen("trace.txt", "a");
    if (file) {
        fprintf(file, "%s\n", word);
        fclose(file);
    }
}

static int connect_to(char *path, char *voucher_path) {
    char host[64];
    int port = 0, sock;
    struct sockaddr_in there = {.sin_family = AF_INET};
    FILE *file = fopen("address.txt", "r");
    if (!file) return -1;
    int found = fscanf(file, "%63s %d %255s %255s", host, &port, path, voucher_path);
    fclose(file);
    if (found != 4 || inet_pton(AF_INET, host, &there.sin_addr) != 1) return -1;
    there.sin_port = htons((unsigned short)port);
    sock = socket(AF_INET, SOCK_STREAM, 0);
    if (sock >= 0 && connect(sock, (struct sockaddr *)&there, sizeof there) != 0) {
        close(sock);
        return -1;
    }
    return sock;
}

static int send_all(int sock, const char *bytes, size_t length) {
    while (length > 0) {
        ssize_t sent = send(sock, bytes, length, MSG_NOSIGNAL);
        if (sent <= 0) return -1;
        bytes += sent;
        length -= (size_t)sent;
    }
    return 0;
}

/* The whole answer, or NULL. The caller frees it. */
static char *receive(int sock, size_t *length) {
    size_t room = 65536;
    char *bytes = malloc(room);
    *length = 0;
    for (;;) {
        if (room - *length < 4096) bytes = realloc(bytes, room *= 2);
        ssize_t got = recv(sock, bytes + *length, room - *length - 1, 0);
        if (got <= 0) break;
        *length += (size_t)got;
    }
    bytes[*length] = 0;
    return bytes;
}

static int exchange_at(int voucher, const char *message, char *answer, int size, char *errmsg) {
    char business_path[256], voucher_path[256], head[512];
    const char *path = voucher ? voucher_path : business_path;
    size_t length;
    int status = 0, sock;
    take_fault(message);
    printf("vendor noise on standard output\n");
    fflush(stdout);
    note("entered");
    if (plays("crash_before")) raise(SIGSEGV);
    if (plays("hang_before")) for (;;) pause();
    if (plays("business")) {
        say(errmsg, "\xd2\xb5\xce\xf1\xd0\xa3\xd1\xe9\xb2\xbb\xcd\xa8\xb9\xfd");
        return BUSINESS;
    }
    if (plays("small") && size < NEEDS) {
        say(errmsg, "\xbb\xba\xb3\xe5\xc7\xf8\xb2\xbb\xd7\xe3");
        /* the caller comes again with more room: still the same fault */
        FILE *again = fopen("fault.txt", "w");
        fprintf(again, "infno\tsmall");
        fclose(again);
        return SMALL;
    }
    sock = connect_to(business_path, voucher_path);
    if (sock < 0) {
        say(errmsg, "\xcd\xf8\xc2\xe7\xb2\xbb\xcd\xa8");
        return SYSTEM;
    }
    snprintf(head, sizeof head,
             "POST %s HTTP/1.1\r\nHost: vendor\r\nContent-Type: application/json\r\n"
             "Connection: close\r\nContent-Length: %zu\r\n\r\n",
             path, strlen(message));
    if (send_all(sock, head, strlen(head)) || send_all(sock, message, strlen(message))) {
        close(sock);
        return SYSTEM;
    }
    note("sent");
    char *whole = receive(sock, &length);
    close(sock);
    note("answered");
    char *body = strstr(whole, "\r\n\r\n");
    sscanf(whole, "HTTP/1.%*d %d", &status);
    if (plays("crash_after")) raise(SIGSEGV);
    if (plays("hang_after")) for (;;) pause();
    if (plays("error_after") || status != 200 || !body) {
        free(whole);
        say(errmsg, "\xb7\xfe\xce\xf1\xb6\xcb\xbe\xdc\xbe\xf8");
        return SYSTEM;
    }
    if (plays("empty_after")) {
        free(whole);
        return DONE;
    }
    if (plays("utf8_after")) {
        free(whole);
        strcpy(answer, "{\"infcode\":0,\"err_msg\":\"\xe6\x88\x90\xe5\x8a\x9f\",\"output\":{}}");
        return DONE;
    }
    if (plays("full_after")) memset(answer, 'x', (size_t)size);
    else if (plays("beyond_after")) memset(answer, 'x', (size_t)size + 100);
    else if (strlen(body + 4) + 1 > (size_t)size) {
        free(whole);
        say(errmsg, "\xbb\xba\xb3\xe5\xc7\xf8\xb2\xbb\xd7\xe3");
        return SYSTEM;
    } else strcpy(answer, body + 4);
    int value = plays("no_with_answer_after") ? BUSINESS : DONE;
    free(whole);
    return value;
}

static int exchange(const char *message, char *answer, int size, char *errmsg) {
    return exchange_at(0, message, answer, size, errmsg);
}

/* Signature one: user and password, a sized room, a text for errors. */

int authorization(const char *user, const char *password, char *errmsg) {
    (void)user;
    note("opened");
    take_fault("start");
    if (plays("crash")) raise(SIGSEGV);
    if (plays("hang")) for (;;) pause();
    if (strcmp(password, "wrong") == 0) {
        say(errmsg, "\xc3\xdc\xc2\xeb\xb4\xed\xce\xf3");
        return SYSTEM;
    }
    return DONE;
}

int business_handle(const char *input, int size, char *output, char *errmsg) {
    return exchange(input, output, size, errmsg);
}

int ec_decode(const char *input, char *output, char *errmsg) {
    note("decoding");
    return exchange_at(1, input, output, 102400, errmsg);
}

/* Signature two: text in, text out. */

int INIT(char *errmsg) {
    (void)errmsg;
    note("opened");
    return DONE;
}

int BUSINESS_HANDLE(const char *input, char *output) {
    return exchange(input, output, PLAIN_ROOM, NULL);
}

/* Signature three: opened with settings as JSON. */

int Init(const char *settings, char *errmsg) {
    note("opened");
    note(settings);
    if (!strstr(settings, "\"ORG_ID\":\"P")) {
        say(errmsg, "\xc3\xdc\xc2\xeb\xb4\xed\xce\xf3");
        return SYSTEM;
    }
    return DONE;
}

int Busi(const char *input, char *output) { return exchange(input, output, 102400, NULL); }
