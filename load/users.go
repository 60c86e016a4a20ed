package load

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// What a caller tells apart about a thing that it names.
var (
	ErrNotStored = errors.New("it is not in the database")
	ErrExists    = errors.New("it is there already")
)

// User is a person who may sign in.
type User struct {
	Name         string
	Role         string // reader, reviewer or admin
	PasswordHash string
}

// AddUser stores a new user. The error is ErrExists where the name is taken.
func (s *Store) AddUser(ctx context.Context, u User) error {
	_, err := s.pool.Exec(ctx, `INSERT INTO review_users (name, role, password_hash) VALUES ($1, $2, $3)`, u.Name, u.Role, u.PasswordHash)
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		switch e.Code {
		case "23505": // unique violation
			return fmt.Errorf("user %s: %w; change the password with heji user password", u.Name, ErrExists)
		case "23514": // check violation
			return fmt.Errorf("user %q: a name has 1 to 64 characters and no blanks; choose another", u.Name)
		}
	}
	return wrap("add user "+u.Name, err)
}

// SetPassword changes a user's password and ends the user's sessions and tokens.
func (s *Store) SetPassword(ctx context.Context, name, hash string) error {
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `UPDATE review_users SET password_hash = $2 WHERE name = $1`, name, hash)
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			return ErrNotStored
		}
		for _, table := range []string{"review_sessions", "review_tokens"} {
			if _, err := tx.Exec(ctx, `DELETE FROM `+table+` WHERE user_name = $1`, name); err != nil {
				return err
			}
		}
		return nil
	})
	return wrap("user "+name, err)
}

// RemoveUser deletes a user with the user's sessions and tokens. Corrections keep
// the name.
func (s *Store) RemoveUser(ctx context.Context, name string) error {
	tag, err := s.pool.Exec(ctx, `DELETE FROM review_users WHERE name = $1`, name)
	if err == nil && tag.RowsAffected() == 0 {
		err = ErrNotStored
	}
	return wrap("user "+name, err)
}

// Users are all users by name.
func (s *Store) Users(ctx context.Context) ([]User, error) {
	rows, err := s.pool.Query(ctx, `SELECT name, role, password_hash FROM review_users ORDER BY name`)
	if err != nil {
		return nil, wrap("users", err)
	}
	users, err := pgx.CollectRows(rows, pgx.RowToStructByPos[User])
	return users, wrap("users", err)
}

// User is the user with the name, or ErrNotStored.
func (s *Store) User(ctx context.Context, name string) (User, error) {
	return s.user(ctx, `SELECT name, role, password_hash FROM review_users WHERE name = $1`, name)
}

func (s *Store) user(ctx context.Context, query string, key any) (User, error) {
	var u User
	err := s.pool.QueryRow(ctx, query, key).Scan(&u.Name, &u.Role, &u.PasswordHash)
	if errors.Is(err, pgx.ErrNoRows) {
		return u, ErrNotStored
	}
	return u, wrap("user", err)
}

// StartSession keeps the hash of a session's cookie, and forgets those that are over.
func (s *Store) StartSession(ctx context.Context, hash []byte, user string, expires time.Time) error {
	_, err := s.pool.Exec(ctx, `
		WITH over AS (DELETE FROM review_sessions WHERE expires_at < now())
		INSERT INTO review_sessions (token_hash, user_name, expires_at) VALUES ($1, $2, $3)`, hash, user, expires)
	return wrap("session", err)
}

// SessionUser is whose session it is, or ErrNotStored.
func (s *Store) SessionUser(ctx context.Context, hash []byte) (User, error) {
	return s.user(ctx, `SELECT u.name, u.role, u.password_hash FROM review_sessions s JOIN review_users u ON u.name = s.user_name
		WHERE s.token_hash = $1 AND s.expires_at > now()`, hash)
}

// EndSession forgets a session.
func (s *Store) EndSession(ctx context.Context, hash []byte) error {
	_, err := s.pool.Exec(ctx, `DELETE FROM review_sessions WHERE token_hash = $1`, hash)
	return wrap("session", err)
}

// AddToken keeps the hash of a token for the API.
func (s *Store) AddToken(ctx context.Context, hash []byte, user string) error {
	_, err := s.pool.Exec(ctx, `INSERT INTO review_tokens (token_hash, user_name) VALUES ($1, $2)`, hash, user)
	if e, ok := errors.AsType[*pgconn.PgError](err); ok && e.Code == "23503" { // foreign key violation
		return fmt.Errorf("user %s: %w; add the user with heji user add", user, ErrNotStored)
	}
	return wrap("token", err)
}

// TokenUser is in whose name a token speaks, or ErrNotStored.
func (s *Store) TokenUser(ctx context.Context, hash []byte) (User, error) {
	return s.user(ctx, `SELECT u.name, u.role, u.password_hash FROM review_tokens t JOIN review_users u ON u.name = t.user_name
		WHERE t.token_hash = $1`, hash)
}
