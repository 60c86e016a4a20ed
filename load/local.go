package load

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

const (
	localUser     = "heji"
	localDatabase = "heji"
	localPort     = "5432" // names the socket; nothing listens on a network

	// startTimeout bounds Start where the context has no deadline of its own.
	// Making the data directory takes seconds, on a slow disk more.
	startTimeout = 90 * time.Second

	// releaseTime is how long the processes of a server that was killed may hold
	// its memory before they notice; until then no other starts in its place.
	releaseTime = 10 * time.Second

	// maxSocketDir leaves room for "/.s.PGSQL.5432" within the 107 bytes that a
	// Unix socket's path may have, and on some systems 103.
	maxSocketDir = 85
)

// Local is a private PostgreSQL for one person or machine. It listens on a Unix
// socket in a directory that only its owner can enter, and on no network, so it
// asks for no password. It stays running after the process that started it.
//
// PostgreSQL refuses to run as root. Started by root, it runs as the system's
// postgres user (or nobody), which must be able to enter Dir.
type Local struct {
	Dir string // holds the data, the log and the lock; "" is the default place
}

var errNoServer = errors.New("the PostgreSQL server is not on this machine; install it with: apt-get install postgresql (or give a database with --db or DATABASE_URL)")

// Start makes the cluster where there is none, starts it unless it is running,
// and returns its URL for Open. Any number of processes may call it at once.
func (l Local) Start(ctx context.Context) (url string, err error) {
	if _, ok := ctx.Deadline(); !ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, startTimeout)
		defer cancel()
	}
	c, err := l.cluster()
	if err != nil {
		return "", err
	}
	if closedTo(c.socket, c.uid) == nil && c.answers(ctx, localDatabase) == nil {
		return c.url(localDatabase), nil
	}
	if err := c.makeDir(); err != nil {
		return "", err
	}
	unlock, err := c.lock(ctx)
	if err != nil {
		return "", err
	}
	defer unlock()
	if err := c.ownDir(c.socket); err != nil {
		return "", err
	}
	if err := c.start(ctx); err != nil {
		return "", err
	}
	return c.url(localDatabase), nil
}

// Stop stops the cluster, ending what is connected to it. Stopping one that is
// not running, or was never made, is no error.
func (l Local) Stop(ctx context.Context) error {
	c, err := l.cluster()
	if err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(c.data(), "postmaster.pid")); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	unlock, err := c.lock(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	if !c.running() {
		return nil
	}
	if err := c.chooseBinaries(ctx); err != nil {
		return err
	}
	if out, err := c.command(ctx, "pg_ctl", "stop", "-D", c.data(), "-m", "fast", "-w", "-t", "60").CombinedOutput(); err != nil {
		return fmt.Errorf("stop the private PostgreSQL: %w: %s; see %s", err, oneLine(out), c.logFile())
	}
	return nil
}

// Psql is psql with args, connected to the cluster, which must have been
// started. The caller sets its standard files and runs it.
func (l Local) Psql(ctx context.Context, args ...string) (*exec.Cmd, error) {
	c, err := l.cluster()
	if err != nil {
		return nil, err
	}
	psql, err := exec.LookPath("psql")
	if err != nil {
		if err := c.chooseBinaries(ctx); err != nil {
			return nil, err
		}
		psql = filepath.Join(c.bin, "psql")
		if _, err := os.Stat(psql); err != nil {
			return nil, errors.New("psql is not on this machine; install it with: apt-get install postgresql-client")
		}
	}
	return exec.CommandContext(ctx, psql, append([]string{"-d", c.url(localDatabase)}, args...)...), nil
}

// Place is the directory that holds the cluster, for a message.
func (l Local) Place() (string, error) {
	c, err := l.cluster()
	if err != nil {
		return "", err
	}
	return c.dir, nil
}

// cluster is a Local with its places and its owner found.
type cluster struct {
	dir    string
	socket string              // directory of the socket
	owner  *syscall.Credential // nil: the user of this process
	uid    uint32              // of the owner
	bin    string              // directory of the server's programs, once chosen
}

func (l Local) cluster() (*cluster, error) {
	c := &cluster{dir: l.Dir, uid: uint32(os.Getuid())}
	if c.uid == 0 {
		owner, err := systemOwner()
		if err != nil {
			return nil, err
		}
		c.owner, c.uid = owner, owner.Uid
	}
	if c.dir == "" {
		dir, err := c.defaultDir()
		if err != nil {
			return nil, err
		}
		c.dir = dir
	}
	dir, err := filepath.Abs(c.dir)
	if err != nil {
		return nil, fmt.Errorf("private PostgreSQL: %w", err)
	}
	c.dir = dir
	c.socket = socketDir(dir, c.uid)
	return c, nil
}

// systemOwner is the user that the server runs as when root starts it.
func systemOwner() (*syscall.Credential, error) {
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
		gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
		if err1 == nil && err2 == nil {
			return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
		}
	}
	return nil, errors.New("PostgreSQL does not run as root, and this machine has neither a postgres nor a nobody user; run heji as another user, or give a database with --db")
}

// defaultDir is the place in a person's data folder; root's is closed to the
// user that the server runs as, so root's cluster is the system's.
func (c *cluster) defaultDir() (string, error) {
	if data := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(data) {
		if dir := filepath.Join(data, "heji", "postgres"); c.owner == nil || c.enterable(dir) == nil {
			return dir, nil
		}
	}
	if c.owner != nil {
		return "/var/lib/heji/postgres", nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", errors.New("there is no home folder to keep a private database in; set HOME, or give a database with --db")
	}
	return filepath.Join(home, ".local", "share", "heji", "postgres"), nil
}

// plainPath is a path that needs no quoting in the server's list of directories.
var plainPath = regexp.MustCompile(`^[A-Za-z0-9/._+-]+$`)

// socketDir is a directory beside the data, or one in /tmp where that path
// would be too long for a socket.
func socketDir(dir string, uid uint32) string {
	if s := filepath.Join(dir, "socket"); len(s) <= maxSocketDir && plainPath.MatchString(s) {
		return s
	}
	return fmt.Sprintf("/tmp/heji-%d-%x", uid, sha256.Sum256([]byte(dir)))[:len("/tmp/heji-")+len(strconv.Itoa(int(uid)))+1+12]
}

func (c *cluster) data() string    { return filepath.Join(c.dir, "data") }
func (c *cluster) logFile() string { return filepath.Join(c.dir, "log") }

// url has no password: who may enter the socket's directory may connect.
func (c *cluster) url(database string) string {
	return "postgres://" + localUser + "@/" + database + "?host=" + c.socket + "&port=" + localPort + "&sslmode=disable"
}

// answers is nil when the server takes connections to the database.
func (c *cluster) answers(ctx context.Context, database string) error {
	ctx, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	conn, err := pgx.Connect(ctx, c.url(database))
	if err != nil {
		return err
	}
	return conn.Close(ctx)
}

// makeDir makes the cluster's directory, for the owner alone.
func (c *cluster) makeDir() error {
	if err := os.MkdirAll(filepath.Dir(c.dir), 0o755); err != nil {
		return fmt.Errorf("private PostgreSQL: %w; give a database with --db, or make that folder writable", err)
	}
	if err := c.enterable(c.dir); err != nil {
		return err
	}
	return c.ownDir(c.dir)
}

// ownDir makes a directory that only the owner may enter. One that is there and
// is another's is refused: in /tmp anyone could have put it there to listen.
func (c *cluster) ownDir(dir string) error {
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("private PostgreSQL: %w; give a database with --db, or make that folder writable", err)
	}
	// Root hands its new directory to the owner; that of another root process
	// which is doing so at this moment, too.
	if c.owner != nil && closedTo(dir, 0) == nil {
		if err := os.Lchown(dir, int(c.owner.Uid), int(c.owner.Gid)); err != nil {
			return fmt.Errorf("private PostgreSQL: %w", err)
		}
	}
	return closedTo(dir, c.uid)
}

// closedTo is nil when dir is a directory that belongs to the user and that no
// other user may enter.
func closedTo(dir string, uid uint32) error {
	info, err := os.Lstat(dir)
	if err != nil {
		return fmt.Errorf("private PostgreSQL: %w", err)
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !info.IsDir() || !ok || stat.Uid != uid || info.Mode().Perm()&0o077 != 0 {
		return fmt.Errorf("%s must be a folder that belongs to user %d alone (mode 0700), for the private PostgreSQL; remove it or give a database with --db", dir, uid)
	}
	return nil
}

// enterable is nil when the owner can go down to dir. A folder such as /root
// lets nobody but root through.
func (c *cluster) enterable(dir string) error {
	for parent := filepath.Dir(dir); ; parent = filepath.Dir(parent) {
		info, err := os.Stat(parent)
		if err == nil && info.Mode().Perm()&0o001 == 0 {
			if stat, ok := info.Sys().(*syscall.Stat_t); !ok || stat.Uid != c.uid {
				return fmt.Errorf("the user that PostgreSQL runs as (%d) cannot enter %s, where its data would be; choose another folder, or give a database with --db", c.uid, parent)
			}
		}
		if parent == filepath.Dir(parent) {
			return nil
		}
	}
}

// lock keeps other processes from making or starting the cluster meanwhile. The
// system frees it when this process ends in whatever way.
func (c *cluster) lock(ctx context.Context) (unlock func(), err error) {
	f, err := os.OpenFile(filepath.Join(c.dir, "lock"), os.O_CREATE|os.O_RDWR|syscall.O_NOFOLLOW, 0o600)
	if err != nil {
		return nil, fmt.Errorf("private PostgreSQL: %w", err)
	}
	for {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return func() { _ = f.Close() }, nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) && !errors.Is(err, syscall.EINTR) {
			_ = f.Close()
			return nil, fmt.Errorf("private PostgreSQL: lock %s: %w", f.Name(), err)
		}
		select {
		case <-ctx.Done():
			_ = f.Close()
			return nil, fmt.Errorf("another heji is starting or stopping the private PostgreSQL in %s: %w; try again", c.dir, ctx.Err())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// start brings the cluster up from whatever state it is in. It is called with
// the lock held.
func (c *cluster) start(ctx context.Context) error {
	if err := c.chooseBinaries(ctx); err != nil {
		return err
	}
	if err := c.initialize(ctx); err != nil {
		return err
	}
	if err := c.launch(ctx); err != nil {
		return err
	}
	return c.createDatabase(ctx)
}

// initialize runs initdb under another name, so that one that was killed leaves
// nothing that looks like a cluster.
func (c *cluster) initialize(ctx context.Context) error {
	if _, err := os.Stat(filepath.Join(c.data(), "PG_VERSION")); err == nil {
		return nil
	}
	fresh := c.data() + ".new"
	var problem error
	// C.UTF-8 sorts and classifies Chinese; systems without it have C.
	for _, locale := range []string{"C.UTF-8", "C"} {
		if err := os.RemoveAll(fresh); err != nil {
			return fmt.Errorf("make the private PostgreSQL: %w", err)
		}
		out, err := c.command(ctx, "initdb", "-D", fresh, "-U", localUser, "--auth=trust", "--encoding=UTF8", "--locale="+locale).CombinedOutput()
		if err == nil {
			if err := os.Rename(fresh, c.data()); err != nil {
				return fmt.Errorf("make the private PostgreSQL: %w", err)
			}
			return nil
		}
		problem = fmt.Errorf("make the private PostgreSQL: initdb: %w: %s; give a database with --db", err, oneLine(out))
		if ctx.Err() != nil {
			break
		}
	}
	return problem
}

// launch starts the server unless it is running.
func (c *cluster) launch(ctx context.Context) error {
	// On the command line, where no settings file can open a port after all. The
	// shell that pg_ctl runs sees nothing to quote: plainPath saw to that.
	options := "-c listen_addresses='' -c unix_socket_permissions=0700 -p " + localPort + " -k " + c.socket
	giveUp := time.Now().Add(releaseTime)
	for {
		if c.answers(ctx, "postgres") == nil {
			return nil
		}
		c.removeStalePID()
		out, err := c.command(ctx, "pg_ctl", "start", "-D", c.data(), "-l", c.logFile(), "-w", "-t", c.seconds(ctx), "-o", options).CombinedOutput()
		if err == nil {
			return nil
		}
		if time.Now().After(giveUp) || ctx.Err() != nil {
			return fmt.Errorf("start the private PostgreSQL: %w: %s; see %s", err, oneLine(out), c.logFile())
		}
		time.Sleep(300 * time.Millisecond)
	}
}

// seconds are what is left of the context's time, for pg_ctl.
func (c *cluster) seconds(ctx context.Context) string {
	left := startTimeout
	if deadline, ok := ctx.Deadline(); ok {
		left = max(time.Until(deadline), time.Second)
	}
	return strconv.Itoa(int(left.Seconds()))
}

func (c *cluster) createDatabase(ctx context.Context) error {
	if c.answers(ctx, localDatabase) == nil {
		return nil
	}
	conn, err := pgx.Connect(ctx, c.url("postgres"))
	if err != nil {
		return fmt.Errorf("private PostgreSQL: %w; see %s", err, c.logFile())
	}
	defer func() { _ = conn.Close(ctx) }()
	_, err = conn.Exec(ctx, `CREATE DATABASE `+localDatabase)
	var e *pgconn.PgError
	if err == nil || errors.As(err, &e) && e.Code == "42P04" { // it is there
		return nil
	}
	return fmt.Errorf("private PostgreSQL: %w; see %s", err, c.logFile())
}

// pid is the server's process as its own file says, 0 when there is none.
func (c *cluster) pid() int {
	data, err := os.ReadFile(filepath.Join(c.data(), "postmaster.pid"))
	if err != nil {
		return 0
	}
	line, _, _ := strings.Cut(string(data), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil {
		return 0
	}
	return pid
}

// running reports whether the process in the server's file is a server. A number
// is used again soon after a restart of the machine or of a container.
func (c *cluster) running() bool {
	pid := c.pid()
	if pid <= 0 {
		return false
	}
	if err := syscall.Kill(pid, 0); err != nil && !errors.Is(err, syscall.EPERM) {
		return false
	}
	name, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/comm")
	return err != nil || strings.HasPrefix(string(name), "postgres") // without /proc, believe the file
}

// removeStalePID clears what a killed server left when its number now belongs to
// another program: PostgreSQL itself would take that for a running server.
func (c *cluster) removeStalePID() {
	if c.pid() != 0 && !c.running() {
		// If they stay, pg_ctl says what is wrong.
		_ = os.Remove(filepath.Join(c.data(), "postmaster.pid"))
		_ = os.Remove(filepath.Join(c.socket, ".s.PGSQL."+localPort+".lock"))
	}
}

// command is one of the server's programs, run as the owner in a folder that the
// owner can enter, without the PG variables a person may have set for another
// server, and with messages in English for the one who looks them up.
func (c *cluster) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, filepath.Join(c.bin, name), args...)
	cmd.Dir = c.dir
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "PG") && !strings.HasPrefix(v, "LC_") && !strings.HasPrefix(v, "LANG") {
			cmd.Env = append(cmd.Env, v)
		}
	}
	cmd.Env = append(cmd.Env, "LC_ALL=C")
	cmd.WaitDelay = 5 * time.Second
	if c.owner != nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: c.owner}
	}
	return cmd
}

// chooseBinaries finds the newest server programs, or those of the version that
// made the data, which no other version can read.
func (c *cluster) chooseBinaries(ctx context.Context) error {
	installed := binaries(ctx)
	if len(installed) == 0 {
		return errNoServer
	}
	made, err := os.ReadFile(filepath.Join(c.data(), "PG_VERSION"))
	if errors.Is(err, fs.ErrNotExist) {
		c.bin = installed[len(installed)-1].dir
		return nil
	}
	if err != nil {
		return fmt.Errorf("private PostgreSQL: %w", err)
	}
	version := strings.TrimSpace(string(made))
	for _, b := range installed {
		if strconv.Itoa(b.major) == version {
			c.bin = b.dir
			return nil
		}
	}
	return fmt.Errorf("the private database in %s was made by PostgreSQL %s and this machine has %d; install postgresql-%s, or move that folder away and import the documents again",
		c.dir, version, installed[len(installed)-1].major, version)
}

// installation is an installed PostgreSQL server.
type installation struct {
	dir   string
	major int
}

// binaries are the directories with server programs, oldest version first.
func binaries(ctx context.Context) []installation {
	dirs, _ := filepath.Glob("/usr/lib/postgresql/*/bin") // the pattern is well formed
	if out, err := exec.CommandContext(ctx, "pg_config", "--bindir").Output(); err == nil {
		dirs = append(dirs, strings.TrimSpace(string(out)))
	}
	if path, err := exec.LookPath("postgres"); err == nil {
		if real, err := filepath.EvalSymlinks(path); err == nil {
			dirs = append(dirs, filepath.Dir(real))
		}
	}
	slices.Sort(dirs)
	var found []installation
	for _, dir := range slices.Compact(dirs) {
		if major, ok := serverVersion(ctx, dir); ok {
			found = append(found, installation{dir, major})
		}
	}
	slices.SortStableFunc(found, func(a, b installation) int { return a.major - b.major })
	return found
}

var majorVersion = regexp.MustCompile(`\) (\d+)`)

// serverVersion is the major version of the server in dir, if all its programs are there.
func serverVersion(ctx context.Context, dir string) (major int, ok bool) {
	for _, name := range []string{"initdb", "pg_ctl", "postgres"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			return 0, false
		}
	}
	out, err := exec.CommandContext(ctx, filepath.Join(dir, "postgres"), "--version").Output() // postgres (PostgreSQL) 15.18
	m := majorVersion.FindSubmatch(out)
	if err != nil || m == nil {
		return 0, false
	}
	major, err = strconv.Atoi(string(m[1]))
	return major, err == nil
}

// Server says which PostgreSQL server Local would use for a new cluster, such as
// "15 in /usr/lib/postgresql/15/bin", or that there is none and how to get it.
func (l Local) Server(ctx context.Context) (string, error) {
	installed := binaries(ctx)
	if len(installed) == 0 {
		return "", errNoServer
	}
	newest := installed[len(installed)-1]
	return fmt.Sprintf("%d in %s", newest.major, newest.dir), nil
}

// oneLine is a program's output for an error message.
func oneLine(out []byte) string {
	return strings.Join(strings.Fields(string(out)), " ")
}
