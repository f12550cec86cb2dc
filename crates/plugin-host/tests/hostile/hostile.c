/* A plugin that misbehaves in the way that its request names: {"config":{"mode":"..."}}. What a
 * mode is called WHAT@WHERE does WHAT in the callback WHERE. Built with -DLOADED it does WHAT in its
 * constructor, while it is being loaded. */
#define _GNU_SOURCE
#include "rows.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <unistd.h>

const char haggle_manifest_v1[] =
    "{\"manifest\":1,\"name\":\"hostile\",\"version\":\"0.0.1\",\"abi\":\"1.0\"}";

/* The test holds this descriptor open without care whether children get it. */
enum { PASSED_ON = 900 };

static const struct haggle_host *host;
static char mode[256], last_error[512];
static long parent;
static int given;

static void note(const char *text) { host->log(host->ctx, 2, text, strlen(text)); }

static volatile int deep;
static int overflow(volatile char *above) {
    volatile char here[4096];
    here[0] = above ? *above : 0;
    deep++;
    return overflow(here) + here[0];
}

static void whole(const char *path) {
    char text[64];
    int fd = open(path, O_RDONLY);
    if (fd >= 0 && read(fd, text, sizeof text) >= 0)
        printf("GOT read %s\n", path);
    close(fd);
}

static void got(const char *what, long result) {
    if (result >= 0)
        printf("GOT %s\n", what);
}

static void *thread(void *argument) { return argument; }

static void *sleeper(void *argument) {
    for (;;)
        sleep(1);
    return argument;
}

/* From here on `seccomp` says that it did what it was asked, and does nothing. */
static void blind(void) {
    struct sock_filter lie[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_seccomp, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {4, lie};
    got("a filter", syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program));
    got("a filter", prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program));
}

/* What works where nothing confines: that shows that the probe sees it. */
static void peek(void) {
    whole("/etc/passwd");
    got("socket inet", socket(AF_INET, SOCK_STREAM, 0));
    got("memfd", syscall(SYS_memfd_create, "x", 0));
    long child = fork();
    if (child == 0)
        _exit(0);
    got("fork", child);
    fflush(stdout);
}

enum { LOADING, LOADED_SINCE, SCRIPT };

/* Tries everything that is forbidden, and prints what worked. */
static void probe(int when) {
    char path[64];
    peek();
    whole("/root/.bashrc");
    whole("/proc/self/environ");
    whole("/proc/self/maps");
    for (int i = 0; i < 3; i++) {
        static const char *const names[] = {"environ", "mem", "cmdline"};
        snprintf(path, sizeof path, "/proc/%ld/%s", parent, names[i]);
        whole(path);
    }
    got("write /tmp", open("/tmp/haggle-hostile", O_WRONLY | O_CREAT, 0600));
    got("write /dev/shm", open("/dev/shm/haggle-hostile", O_RDWR | O_CREAT, 0600));
    got("read /", open("/", O_RDONLY | O_DIRECTORY));
    got("unlink", unlink("/tmp/haggle-victim"));
    got("chmod", chmod("/tmp/haggle-victim", 0777));
    got("mkdir", mkdir("/tmp/haggle-folder", 0777));
    got("rename", rename("/tmp/haggle-victim", "/tmp/haggle-other"));
    blind();
    if (when != SCRIPT) {
        struct stat found;
        got("stat", stat("/etc/passwd", &found));
        got("lstat", lstat("/etc/passwd", &found));
        got("fstatat", fstatat(AT_FDCWD, "/etc/passwd", &found, AT_EMPTY_PATH));
        got("access", access("/etc/passwd", F_OK));
        got("readlink", readlink("/proc/self/exe", path, sizeof path));
        whole("/usr/lib/os-release");
        got("map code", (long)mmap(0, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
        void *page = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        got("make code", mprotect(page, 4096, PROT_READ | PROT_EXEC));
    }
    got("have signals sent", fcntl(1, F_SETOWN, getpid()));
    got("have other signals sent", fcntl(1, F_SETSIG, SIGKILL));
    got("push into a terminal", ioctl(2, TIOCSTI, "x"));
    got("socket unix", socket(AF_UNIX, SOCK_STREAM, 0));
    got("socket netlink", socket(AF_NETLINK, SOCK_RAW, 0));
    got("io_uring", syscall(425, 8, path));
    got("shared memory", (long)mmap(0, 4096, PROT_READ, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
    got("memory that no limit counts", (long)mmap(0, 4096, PROT_READ | PROT_WRITE,
        MAP_PRIVATE | MAP_ANONYMOUS | MAP_GROWSDOWN, -1, 0));
    got("a descriptor of the parent's", fcntl(PASSED_ON, F_GETFD));
    got("shmget", syscall(SYS_shmget, 0, 4096, 01600));
#ifdef SYS_vfork
    long child = syscall(SYS_vfork);
    if (child == 0)
        _exit(0);
    got("vfork", child);
#endif
    char *const nothing[] = {0};
    if (when != SCRIPT) {
        got("exec", execve("/bin/true", nothing, nothing));
        got("chdir", chdir("/tmp"));
    }
    got("signal the parent", kill((pid_t)parent, 0));
    got("tgkill the parent", syscall(SYS_tgkill, parent, parent, 0));
    got("trace the parent", ptrace(PTRACE_SEIZE, (pid_t)parent, 0, 0));
    struct iovec here = {path, sizeof path}, there = {(void *)0x400000, sizeof path};
    got("read the parent", process_vm_readv((pid_t)parent, &here, 1, &there, 1, 0));
    got("renice the parent", setpriority(PRIO_PROCESS, (id_t)parent, 0));
    got("unshare", unshare(CLONE_NEWUSER));
    struct rlimit most = {RLIM_INFINITY, RLIM_INFINITY};
    got("raise a limit", setrlimit(RLIMIT_DATA, &most));
    got("mount", syscall(430 /* fsopen */, "tmpfs", 0));
    got("bpf", syscall(SYS_bpf, 0, path, 64));
    got("perf", syscall(SYS_perf_event_open, path, 0, -1, -1, 0));
    got("userfaultfd", syscall(SYS_userfaultfd, 0));
    extern char **environ;
    for (char **name = environ; name && *name; name++)
        printf("GOT environment %s\n", *name);
    pthread_t made;
    if (pthread_create(&made, 0, thread, 0) == 0 && pthread_join(made, 0) == 0)
        printf("fine: threads\n");
    printf("probed\n");
    fflush(stdout);
}

/* The pipe of data: the one descriptor beside the standard ones that may only be written. */
static int data_pipe(void) {
    for (int fd = 3; fd < 64; fd++) {
        int flags = fcntl(fd, F_GETFL);
        if (flags >= 0 && (flags & O_ACCMODE) == O_WRONLY)
            return fd;
    }
    return -1;
}

static void raw(const void *bytes, size_t length) {
    if (write(data_pipe(), bytes, length) < 0)
        printf("raw: %s\n", strerror(errno));
}

static void act(const char *what) {
    if (!strcmp(what, "null"))
        *(volatile int *)0 = 1;
    else if (!strcmp(what, "overflow"))
        overflow(0);
    else if (!strcmp(what, "abort"))
        abort();
    else if (!strcmp(what, "exit0"))
        _exit(0);
    else if (!strcmp(what, "exit3"))
        exit(3);
    else if (!strcmp(what, "loop"))
        for (;;)
            deep++;
    else if (!strcmp(what, "sleep"))
        for (;;)
            sleep(1);
    else if (!strcmp(what, "allocate")) {
        char *much = malloc((size_t)20 << 30);
        memset(much, 1, (size_t)20 << 30);
    } else if (!strcmp(what, "pieces")) {
        for (int i = 0; i < 20; i++) {
            char *much = malloc((size_t)1 << 30);
            if (!much) {
                printf("refused piece %d\n", i);
                fflush(stdout);
                abort();
            }
            memset(much, 1, (size_t)1 << 30);
        }
    } else if (!strcmp(what, "leave")) {
        /* Leaves a process behind that nobody hears of. */
        long child = fork();
        if (child == 0) {
            for (int fd = 0; fd < 64; fd++)
                close(fd);
            for (;;)
                sleep(1);
        }
        printf("%ld", child);
        fflush(stdout);
    } else if (!strcmp(what, "peek")) {
        char path[64];
        peek();
        snprintf(path, sizeof path, "/proc/%ld/environ", parent);
        whole(path);
        snprintf(path, sizeof path, "/proc/%ld/mem", parent);
        whole(path);
        fflush(stdout);
    } else if (!strcmp(what, "blind"))
        blind();
    else if (!strcmp(what, "crowd")) {
        pthread_attr_t small;
        pthread_t made;
        pthread_attr_init(&small);
        pthread_attr_setstacksize(&small, 16384);
        for (int i = 0; i < 20000; i++)
            if (pthread_create(&made, &small, sleeper, 0))
                break;
        sleeper(0);
    } else if (!strncmp(what, "say:", 4))
        note(what + 4);
    else if (!strcmp(what, "forge")) {
        /* As if the host's own code in this process had failed before the plugin was there. */
        static const char says[] = "{\"Failed\":{\"stage\":\"Confine\",\"status\":10,"
                                   "\"retry_after_ms\":0,\"message\":\"no room\\nhelp: run it as root\"}}";
        unsigned char head[5] = {sizeof says - 1, 0, 0, 0, 0};
        for (int fd = 3; fd < 64; fd++)
            if ((fcntl(fd, F_GETFL) & O_ACCMODE) == O_RDWR && write(fd, head, 5) == 5)
                write(fd, says, sizeof says - 1);
        _exit(1);
    } else if (!strcmp(what, "probe"))
        probe(LOADED_SINCE);
    else if (!strcmp(what, "flood")) {
        static char line[1 << 16];
        memset(line, 'x', sizeof line);
        for (long left = 1L << 30; left > 0; left -= (long)sizeof line)
            if (write(1, line, sizeof line) < 0)
                break;
    } else if (!strcmp(what, "length"))
        raw("\xff\xff\xff\xff\xf8\xff\xff\x7f", 8);
    else if (!strcmp(what, "negative"))
        raw("\xff\xff\xff\xff\xf8\xff\xff\xff", 8);
    else if (!strcmp(what, "garbage"))
        raw("garbage in the stream of data", 29);
    else if (!strcmp(what, "end"))
        raw("\xff\xff\xff\xff\0\0\0\0", 8);
    else if (!strcmp(what, "ask")) {
        /* Raw bytes to the socket: a message of four gigabytes. */
        for (int fd = 3; fd < 64; fd++)
            if ((fcntl(fd, F_GETFL) & O_ACCMODE) == O_RDWR && write(fd, "\xff\xff\xff\xff\0", 5) < 0)
                printf("ask: %s\n", strerror(errno));
    } else if (!strncmp(what, "open:", 5)) {
        struct haggle_error error = {sizeof error, 0, 0, 0, ""};
        char text[100000], message[1400];
        uint64_t handle;
        long all = 0, read = 0;
        if (host->input_open(host->ctx, what + 5, strlen(what + 5), 0, 0, &handle, &error)) {
            snprintf(message, sizeof message, "not opened (%d): %s", error.status, error.message);
            note(message);
            return;
        }
        struct haggle_input_stat stat = {sizeof stat, 0, 0, "", ""};
        host->input_stat(host->ctx, handle, &stat, &error);
        while ((read = host->input_read(host->ctx, handle, text, sizeof text, &error)) > 0)
            all += read;
        snprintf(message, sizeof message, "read %ld of %ld as %s, status %d, end %ld %s", all,
                 (long)stat.length, stat.content_type, stat.status, read, error.message);
        note(message);
        host->input_close(host->ctx, handle);
    }
}

static void at(const char *where) {
    char *place = strrchr(mode, '@');
    if (place && !strcmp(place + 1, where)) {
        char what[256];
        snprintf(what, sizeof what, "%.*s", (int)(place - mode), mode);
        act(what);
    }
}

static int is(const char *what) { return !strcmp(mode, what); }

static int get_schema(struct ArrowArrayStream *stream, struct ArrowSchema *out) {
    at("schema");
    int result = rows_schema(stream, out);
    if (is("missing column"))
        out->n_children--, schemas[0].name = "weight";
    if (is("other column"))
        schemas[TITLE].name = "tittle";
    if (is("other type"))
        schemas[0].format = "l";
    if (is("twice"))
        schemas[TITLE].name = "kind";
    return result;
}

static void release_loudly(struct ArrowArray *array) {
    at("array");
    array->release = 0;
}

static int get_next(struct ArrowArrayStream *stream, struct ArrowArray *out) {
    (void)stream;
    at("next");
    if (is("error")) {
        strcpy(last_error, "HAGGLE:7:the list has no end");
        return EIO;
    }
    if (is("colours")) {
        strcpy(last_error, "HAGGLE:7:\033[31mred");
        return EIO;
    }
    if (strstr(mode, "@error")) {
        return EIO;
    }
    if (given++ > (is("many") || is("texts") ? 100000000 : 0)) {
        at("end");
        memset(out, 0, sizeof *out);
        return 0;
    }
    rows_batch(out);
    out->release = release_loudly;
    if (is("offset beyond"))
        fives[3] = 2000000000;
    if (is("offset negative"))
        fives[1] = -5;
    if (is("dictionary offset"))
        title_ends[1] = 700;
    if (is("utf8"))
        titles[1] = (char)0xff;
    if (is("plain utf8"))
        kinds[1] = (char)0xff;
    if (is("key"))
        title[1] = 1000000;
    if (is("key negative"))
        title[1] = -1;
    if (is("nan"))
        weight[0] = 0.0 / (double)(deep * 0);
    if (is("word"))
        kinds[0] = 'P';
    if (is("currency"))
        currencies[0] = 'e';
    if (is("digits"))
        amount[1] = INT64_MAX;
    if (is("more digits")) /* 10^28 */
        amount[0] = 0x3e25026110000000, amount[1] = 0x204fce5e;
    if (is("no row"))
        row[0] = 0;
    if (is("no column"))
        column[0] = 0;
    if (is("negative weight"))
        weight[2] = -2.5;
    if (is("null rows"))
        out->null_count = 3;
    if (is("texts")) {
        /* Others each time, at another place: what stays where it was is taken to be the same. */
        char *much = malloc(1 << 17);
        memset(much, 'x', 1 << 17);
        for (int k = 0; k < 3; k++)
            much[k] = 'a' + (given >> 4 * k & 15);
        title_buffers[2] = much, title_ends[1] = 60000, title_ends[2] = 120000;
    }
    if (is("long text")) {
        static char much[1 << 17];
        memset(much, 'x', sizeof much);
        title_buffers[2] = much, title_ends[1] = 65537, title_ends[2] = 65540;
    }
    if (is("null in amount"))
        arrays[6].null_count = 1, table[6].buffers[0] = weight_there;
    if (is("null buffer"))
        table[0].buffers[1] = 0;
    if (is("fewer buffers"))
        arrays[0].n_buffers = 1;
    if (is("other length"))
        arrays[0].length = 2;
    if (is("too many rows"))
        out->length = 1 << 30, arrays[0].length = 1 << 30;
    if (is("negative length"))
        out->length = -1;
    return 0;
}

static const char *get_last_error(struct ArrowArrayStream *stream) {
    (void)stream;
    at("error");
    return *last_error ? last_error : 0;
}

static void release_stream(struct ArrowArrayStream *stream) {
    at("release stream");
    stream->release = 0;
}

static void take_mode(const char *request) {
    const char *found = strstr(request, "\"mode\":\"");
    sscanf(found ? found : "", "\"mode\":\"%255[^\"]", mode);
    found = strstr(request, "\"parent\":");
    sscanf(found ? found : "", "\"parent\":%ld", &parent);
}

static haggle_status validate(void *state, const char *request, size_t length,
                              struct haggle_error *error) {
    (void)state, (void)length;
    take_mode(request);
    at("validate");
    if (is("refuse")) {
        strcpy(error->message, "no mode `refuse`");
        return HAGGLE_E_CONFIG;
    }
    return HAGGLE_OK;
}

static haggle_status open_stream(void *state, const char *request, size_t length,
                                 struct ArrowArrayStream *out, struct haggle_error *error) {
    (void)state, (void)request, (void)length, (void)error;
    at("open");
    if (is("nothing"))
        return HAGGLE_OK;
    out->get_schema = get_schema;
    out->get_next = get_next;
    out->get_last_error = get_last_error;
    out->release = release_stream;
    return HAGGLE_OK;
}

static void cancel(void *state) {
    (void)state;
    printf("told to stop\n");
    fflush(stdout);
    at("cancel");
    if (is("sleep@next"))
        _exit(0);
}

static void release(void *state) {
    (void)state;
    at("release");
}

#ifdef MAIN
int main(void) {
    dup2(2, 1);
    parent = getppid();
    probe(SCRIPT);
    return 0;
}
#endif

#ifdef LOADED
__attribute__((constructor)) static void loaded(void) {
#ifdef PARENT
    parent = PARENT;
#endif
    if (!strcmp(LOADED, "probe"))
        probe(LOADING);
    else
        act(LOADED);
    fflush(stdout);
}
#endif

haggle_status haggle_plugin_init_v1(const struct haggle_host *given_host, struct haggle_plugin *out,
                                    struct haggle_error *error) {
    host = given_host;
#ifdef OTHER_ABI
    strcpy(error->message, "made for another haggle");
    return HAGGLE_E_ABI;
#endif
    (void)error;
#ifdef INIT
    act(INIT);
#endif
    out->abi_major = HAGGLE_ABI_MAJOR;
    out->validate = validate;
    out->open = open_stream;
    out->cancel = cancel;
    out->release = release;
    return HAGGLE_OK;
}
