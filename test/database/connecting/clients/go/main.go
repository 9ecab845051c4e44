// Signs in as the samples do, and reports the session. With the argument `url`, by the URL that the sample composes.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"github.com/jackc/pgx/v5/pgxpool"
)

func main() {
	ctx := context.Background()
	pool, err := open(ctx)
	if err != nil {
		fail(err)
	}
	defer pool.Close()
	var session struct {
		User string `json:"user"`
		SSL  bool   `json:"ssl"`
	}
	if err := pool.QueryRow(ctx, os.Getenv("QUERY")).Scan(&session.User, &session.SSL); err != nil {
		fail(err)
	}
	report, _ := json.Marshal(session)
	fmt.Println(string(report))
}

func open(ctx context.Context) (*pgxpool.Pool, error) {
	if len(os.Args) > 1 {
		return pgxpool.New(ctx, databaseURL())
	}
	return connect(ctx)
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
