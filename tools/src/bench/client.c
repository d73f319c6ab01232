/*
 * The bench's client: libvirt's own C library, unmodified, so that every server is measured by the same program.
 * Usage: client URI COMMAND [ARGUMENT ...]; prints one JSON object.
 *
 *   calls CONNECTIONS SECONDS     round trips a second (virConnectGetLibVersion)
 *   asks CONNECTIONS SECONDS      the same to the driver (virConnectNumOfDomains)
 *   open COUNT                    connect, open, close
 *   define COUNT PREFIX TEMPLATE  define COUNT domains (@NAME@ in TEMPLATE is replaced)
 *   undefine COUNT PREFIX
 *   list                          all domains with name, state and autostart, as virsh list --all asks
 *   dumpxml PREFIX COUNT
 *   start NAME ROUNDS             milliseconds to start paused, and to destroy
 *   events NAME ROUNDS            delay from resume/suspend to the event
 *   stats                         virConnectGetAllDomainStats five times: the mean
 *   first SECONDS                 says "waiting", connects until it succeeds; prints the times of CLOCK_MONOTONIC in ms when
 *                                 the connection was open and when the inactive domains were counted
 */
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double now_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

static void quiet(void *data, virErrorPtr error) {
    (void)data;
    (void)error;
}

static void die(const char *what) {
    fprintf(stderr, "%s: %s\n", what, virGetLastErrorMessage());
    exit(1);
}

static virConnectPtr open_or_die(const char *uri) {
    virConnectPtr conn = virConnectOpen(uri);
    if (!conn) die("open");
    return conn;
}

struct caller {
    const char *uri;
    double until_ms;
    bool asks_driver;
    long calls;
};

static void *call_loop(void *data) {
    struct caller *self = data;
    virConnectPtr conn = open_or_die(self->uri);
    unsigned long version;
    while (now_ms() < self->until_ms) {
        if (self->asks_driver ? virConnectNumOfDomains(conn) < 0 : virConnectGetLibVersion(conn, &version) < 0) die("call");
        self->calls++;
    }
    virConnectClose(conn);
    return NULL;
}

static void bench_calls(const char *uri, bool asks_driver, int connections, double seconds) {
    pthread_t *threads = calloc(connections, sizeof(*threads));
    struct caller *callers = calloc(connections, sizeof(*callers));
    long total = 0;
    double start = now_ms();
    for (int i = 0; i < connections; i++) {
        callers[i] = (struct caller){ uri, start + seconds * 1e3, asks_driver, 0 };
        if (pthread_create(&threads[i], NULL, call_loop, &callers[i])) exit(1);
    }
    for (int i = 0; i < connections; i++) {
        pthread_join(threads[i], NULL);
        total += callers[i].calls;
    }
    printf("{\"value\":%.1f}\n", total / ((now_ms() - start) / 1e3));
    free(threads);
    free(callers);
}

static void bench_open(const char *uri, int count) {
    double start = now_ms();
    for (int i = 0; i < count; i++) virConnectClose(open_or_die(uri));
    printf("{\"value\":%.1f}\n", count / ((now_ms() - start) / 1e3));
}

static char *read_file(const char *path) {
    FILE *file = fopen(path, "r");
    char *text = calloc(1, 1 << 20);
    if (!file || !text || fread(text, 1, (1 << 20) - 1, file) == 0) exit(1);
    fclose(file);
    return text;
}

static char *fill_in(const char *template, const char *name) {
    const char *mark = strstr(template, "@NAME@");
    size_t size = strlen(template) + strlen(name) + 1;
    char *text = malloc(size);
    if (!mark || !text) exit(1);
    snprintf(text, size, "%.*s%s%s", (int)(mark - template), template, name, mark + 6);
    return text;
}

static void bench_define(const char *uri, int count, const char *prefix, const char *path) {
    virConnectPtr conn = open_or_die(uri);
    char *template = read_file(path), name[128];
    double start = now_ms();
    for (int i = 0; i < count; i++) {
        snprintf(name, sizeof name, "%s%d", prefix, i);
        char *xml = fill_in(template, name);
        virDomainPtr domain = virDomainDefineXML(conn, xml);
        if (!domain) die("define");
        virDomainFree(domain);
        free(xml);
    }
    printf("{\"value\":%.1f}\n", count / ((now_ms() - start) / 1e3));
    virConnectClose(conn);
}

static void bench_undefine(const char *uri, int count, const char *prefix) {
    virConnectPtr conn = open_or_die(uri);
    char name[128];
    double start = now_ms();
    for (int i = 0; i < count; i++) {
        snprintf(name, sizeof name, "%s%d", prefix, i);
        virDomainPtr domain = virDomainLookupByName(conn, name);
        if (!domain || virDomainUndefine(domain) < 0) die("undefine");
        virDomainFree(domain);
    }
    printf("{\"value\":%.1f}\n", count / ((now_ms() - start) / 1e3));
    virConnectClose(conn);
}

static void bench_list(const char *uri) {
    virConnectPtr conn = open_or_die(uri);
    virDomainPtr *domains;
    double start = now_ms();
    int count = virConnectListAllDomains(conn, &domains, 0);
    if (count < 0) die("list");
    for (int i = 0; i < count; i++) {
        int state, reason;
        if (virDomainGetState(domains[i], &state, &reason, 0) < 0) die("state");
        virDomainFree(domains[i]);
    }
    printf("{\"value\":%.2f,\"count\":%d}\n", now_ms() - start, count);
    free(domains);
    virConnectClose(conn);
}

static void bench_dumpxml(const char *uri, const char *prefix, int count) {
    virConnectPtr conn = open_or_die(uri);
    char name[128];
    double start = now_ms();
    for (int i = 0; i < count; i++) {
        snprintf(name, sizeof name, "%s%d", prefix, i);
        virDomainPtr domain = virDomainLookupByName(conn, name);
        char *xml = domain ? virDomainGetXMLDesc(domain, 0) : NULL;
        if (!xml) die("dumpxml");
        free(xml);
        virDomainFree(domain);
    }
    printf("{\"value\":%.2f}\n", now_ms() - start);
    virConnectClose(conn);
}

static void bench_start(const char *uri, const char *name, int rounds) {
    virConnectPtr conn = open_or_die(uri);
    virDomainPtr domain = virDomainLookupByName(conn, name);
    double start_ms = 0, destroy_ms = 0;
    if (!domain) die("lookup");
    for (int i = 0; i < rounds; i++) {
        double t0 = now_ms();
        if (virDomainCreateWithFlags(domain, VIR_DOMAIN_START_PAUSED) < 0) die("start");
        double t1 = now_ms();
        if (virDomainDestroy(domain) < 0) die("destroy");
        start_ms += t1 - t0;
        destroy_ms += now_ms() - t1;
    }
    printf("{\"value\":%.2f,\"destroy\":%.2f}\n", start_ms / rounds, destroy_ms / rounds);
    virDomainFree(domain);
    virConnectClose(conn);
}

static volatile double event_ms;

static int on_event(virConnectPtr conn, virDomainPtr domain, int event, int detail, void *data) {
    (void)conn, (void)domain, (void)detail, (void)data;
    if (event == VIR_DOMAIN_EVENT_SUSPENDED || event == VIR_DOMAIN_EVENT_RESUMED) event_ms = now_ms();
    return 0;
}

static void *event_loop(void *data) {
    (void)data;
    while (virEventRunDefaultImpl() == 0) continue;
    return NULL;
}

static void bench_events(const char *uri, const char *name, int rounds) {
    pthread_t loop;
    virEventRegisterDefaultImpl();
    if (pthread_create(&loop, NULL, event_loop, NULL)) exit(1);
    virConnectPtr caller = open_or_die(uri), watcher = open_or_die(uri);
    virDomainPtr domain = virDomainLookupByName(caller, name);
    if (!domain || virConnectDomainEventRegisterAny(watcher, NULL, VIR_DOMAIN_EVENT_ID_LIFECYCLE,
                                                    VIR_DOMAIN_EVENT_CALLBACK(on_event), NULL, NULL) < 0)
        die("events");
    double sum = 0;
    for (int i = 0; i < rounds; i++) {
        event_ms = 0;
        double start = now_ms();
        if ((i % 2 ? virDomainSuspend(domain) : virDomainResume(domain)) < 0) die("suspend/resume");
        while (event_ms == 0 && now_ms() - start < 5000) nanosleep(&(struct timespec){ 0, 20000 }, NULL);
        if (event_ms == 0) die("no event");
        sum += event_ms - start;
    }
    printf("{\"value\":%.3f}\n", sum / rounds);
    exit(0);
}

static void bench_stats(const char *uri) {
    virConnectPtr conn = open_or_die(uri);
    double start = now_ms();
    int count = 0;
    for (int i = 0; i < 5; i++) {
        virDomainStatsRecordPtr *records;
        count = virConnectGetAllDomainStats(conn, 0, &records, 0);
        if (count < 0) die("stats");
        virDomainStatsRecordListFree(records);
    }
    printf("{\"value\":%.2f,\"count\":%d}\n", (now_ms() - start) / 5, count);
    virConnectClose(conn);
}

static void bench_first(const char *uri, int seconds) {
    double until_ms = now_ms() + seconds * 1e3;
    puts("waiting");
    fflush(stdout);
    virConnectPtr conn;
    while (!(conn = virConnectOpen(uri))) {
        if (now_ms() > until_ms) die("open");
        nanosleep(&(struct timespec){ 0, 500000 }, NULL);
    }
    double open_ms = now_ms();
    int count = virConnectNumOfDefinedDomains(conn);
    if (count < 0) die("count");
    printf("{\"value\":%.3f,\"counted\":%.3f,\"count\":%d}\n", open_ms, now_ms(), count);
    virConnectClose(conn);
}

int main(int argc, char **argv) {
    if (argc < 3) return 2;
    const char *uri = argv[1], *command = argv[2];
    virSetErrorFunc(NULL, quiet);
    if (!strcmp(command, "calls") && argc == 5) bench_calls(uri, false, atoi(argv[3]), atof(argv[4]));
    else if (!strcmp(command, "asks") && argc == 5) bench_calls(uri, true, atoi(argv[3]), atof(argv[4]));
    else if (!strcmp(command, "open") && argc == 4) bench_open(uri, atoi(argv[3]));
    else if (!strcmp(command, "define") && argc == 6) bench_define(uri, atoi(argv[3]), argv[4], argv[5]);
    else if (!strcmp(command, "undefine") && argc == 5) bench_undefine(uri, atoi(argv[3]), argv[4]);
    else if (!strcmp(command, "list")) bench_list(uri);
    else if (!strcmp(command, "dumpxml") && argc == 5) bench_dumpxml(uri, argv[3], atoi(argv[4]));
    else if (!strcmp(command, "start") && argc == 5) bench_start(uri, argv[3], atoi(argv[4]));
    else if (!strcmp(command, "events") && argc == 5) bench_events(uri, argv[3], atoi(argv[4]));
    else if (!strcmp(command, "stats")) bench_stats(uri);
    else if (!strcmp(command, "first") && argc == 4) bench_first(uri, atoi(argv[3]));
    else return 2;
    return 0;
}
