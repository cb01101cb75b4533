using Dragoman.Gateway.Persistence;
using Dragoman.Storage.Secrets;
using Microsoft.Data.Sqlite;

namespace Dragoman.Storage.Sqlite;

/// <summary>
/// The steps that make the tables, one list a file; a step that was shipped is never changed, only followed by another. All that are missing are done
/// in one transaction at start, under the file's write lock, after a copy of the file was put beside it.
/// </summary>
internal static class SqliteMigrations
{
    /// <summary>The ledger's file: what must not be lost.</summary>
    public static readonly string[] Ledger =
    [
        """
        CREATE TABLE accounts (id TEXT PRIMARY KEY, label TEXT NOT NULL, label_key TEXT NOT NULL UNIQUE, provider TEXT NOT NULL, credential_kind TEXT NOT NULL, mask TEXT NOT NULL,
            secret BLOB NOT NULL, expires_at BIGINT, enabled BIGINT NOT NULL, priority BIGINT NOT NULL, weight BIGINT NOT NULL, concurrency BIGINT, tags TEXT NOT NULL, settings TEXT NOT NULL,
            refresh TEXT, problem TEXT, version BIGINT NOT NULL, created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL) WITHOUT ROWID;
        CREATE TABLE lanes (account_id TEXT NOT NULL, whole BIGINT NOT NULL, model TEXT NOT NULL, until_at BIGINT NOT NULL, cause TEXT NOT NULL, told BIGINT NOT NULL, streak BIGINT NOT NULL,
            counted_at BIGINT NOT NULL, quotas TEXT NOT NULL, observed_at BIGINT NOT NULL, PRIMARY KEY (account_id, whole, model)) WITHOUT ROWID;
        CREATE TABLE client_keys (id TEXT PRIMARY KEY, name TEXT NOT NULL, name_key TEXT NOT NULL UNIQUE, hash BLOB NOT NULL, previous_hash BLOB NOT NULL, previous_until BIGINT, prefix TEXT NOT NULL,
            scopes TEXT NOT NULL, expires_at BIGINT, rpm BIGINT, tpm BIGINT, concurrency BIGINT, budgets TEXT NOT NULL, enabled BIGINT NOT NULL, revoked_at BIGINT, note TEXT NOT NULL, tags TEXT NOT NULL,
            version BIGINT NOT NULL, created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL, last_used_at BIGINT) WITHOUT ROWID;
        CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL, secret BLOB NOT NULL, version BIGINT NOT NULL, updated_at BIGINT NOT NULL) WITHOUT ROWID;
        CREATE TABLE audit (seq INTEGER PRIMARY KEY AUTOINCREMENT, at BIGINT NOT NULL, actor TEXT NOT NULL, source TEXT NOT NULL, action TEXT NOT NULL, target TEXT NOT NULL, outcome TEXT NOT NULL, detail TEXT NOT NULL);
        CREATE INDEX audit_at ON audit (at, seq);
        CREATE TABLE leases (name TEXT PRIMARY KEY, holder TEXT NOT NULL, epoch BIGINT NOT NULL, expires_at BIGINT NOT NULL) WITHOUT ROWID;
        CREATE TABLE responses (id TEXT PRIMARY KEY, owner TEXT NOT NULL, parent_id TEXT, status TEXT NOT NULL, model TEXT NOT NULL, account_id TEXT NOT NULL, response BLOB NOT NULL, input_items BLOB NOT NULL,
            created_at BIGINT NOT NULL, expires_at BIGINT);
        CREATE INDEX responses_expires ON responses (expires_at) WHERE expires_at IS NOT NULL;
        CREATE TABLE usage (seq INTEGER PRIMARY KEY, request_id TEXT NOT NULL UNIQUE, at BIGINT NOT NULL, key_id TEXT NOT NULL, account_id TEXT NOT NULL, provider TEXT NOT NULL, model TEXT NOT NULL,
            requested_model TEXT NOT NULL, status BIGINT NOT NULL, failed BIGINT NOT NULL, stream BIGINT NOT NULL, input_tokens BIGINT NOT NULL, output_tokens BIGINT NOT NULL, cached_tokens BIGINT NOT NULL,
            cache_write_tokens BIGINT NOT NULL, reasoning_tokens BIGINT NOT NULL, cost BIGINT, first_byte BIGINT, duration BIGINT NOT NULL, estimated BIGINT NOT NULL);
        CREATE INDEX usage_at ON usage (at, seq);
        CREATE TABLE usage_hours (hour BIGINT NOT NULL, key_id TEXT NOT NULL, account_id TEXT NOT NULL, provider TEXT NOT NULL, model TEXT NOT NULL, requests BIGINT NOT NULL, errors BIGINT NOT NULL,
            estimated BIGINT NOT NULL, unpriced BIGINT NOT NULL, input_tokens BIGINT NOT NULL, output_tokens BIGINT NOT NULL, cached_tokens BIGINT NOT NULL, cache_write_tokens BIGINT NOT NULL,
            reasoning_tokens BIGINT NOT NULL, cost BIGINT NOT NULL, first_byte BIGINT NOT NULL, first_bytes BIGINT NOT NULL, duration BIGINT NOT NULL,
            PRIMARY KEY (hour, key_id, account_id, provider, model)) WITHOUT ROWID;
        CREATE TABLE budget_windows (owner TEXT NOT NULL, unit TEXT NOT NULL, period TEXT NOT NULL, start_at BIGINT NOT NULL, end_at BIGINT NOT NULL, spent BIGINT NOT NULL, reserved BIGINT NOT NULL, cap BIGINT NOT NULL,
            PRIMARY KEY (owner, unit, period, start_at)) WITHOUT ROWID;
        CREATE TABLE reservations (request_id TEXT PRIMARY KEY, instance TEXT NOT NULL, state BIGINT NOT NULL, tokens BIGINT NOT NULL, money BIGINT NOT NULL, expires_at BIGINT NOT NULL, entry TEXT NOT NULL,
            created_at BIGINT NOT NULL) WITHOUT ROWID;
        CREATE INDEX reservations_open ON reservations (instance, expires_at) WHERE state = 0;
        CREATE TABLE reservation_lines (request_id TEXT NOT NULL, owner TEXT NOT NULL, unit TEXT NOT NULL, period TEXT NOT NULL, start_at BIGINT NOT NULL, end_at BIGINT NOT NULL, cap BIGINT NOT NULL,
            time_zone TEXT NOT NULL, amount BIGINT NOT NULL, PRIMARY KEY (request_id, owner, unit, period)) WITHOUT ROWID;
        CREATE TABLE health (at BIGINT PRIMARY KEY);
        CREATE TABLE changes (seq INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, id TEXT NOT NULL);
        """,
        // Conversations are changed by several nodes: each change names the version it was made from.
        "ALTER TABLE responses ADD COLUMN version BIGINT NOT NULL DEFAULT 1",
        // Which client programs, and what the cost is made of: unknown for what was used before.
        """
        ALTER TABLE usage ADD COLUMN client TEXT NOT NULL DEFAULT ''; ALTER TABLE usage ADD COLUMN cost_input BIGINT; ALTER TABLE usage ADD COLUMN cost_cached BIGINT; ALTER TABLE usage ADD COLUMN cost_cache_write BIGINT; ALTER TABLE usage ADD COLUMN cost_output BIGINT; ALTER TABLE usage ADD COLUMN cost_reasoning BIGINT;
        CREATE TABLE usage_hours_new (hour BIGINT NOT NULL, key_id TEXT NOT NULL, account_id TEXT NOT NULL, provider TEXT NOT NULL, model TEXT NOT NULL, client TEXT NOT NULL DEFAULT '', requests BIGINT NOT NULL, errors BIGINT NOT NULL,
            estimated BIGINT NOT NULL, unpriced BIGINT NOT NULL, input_tokens BIGINT NOT NULL, output_tokens BIGINT NOT NULL, cached_tokens BIGINT NOT NULL, cache_write_tokens BIGINT NOT NULL,
            reasoning_tokens BIGINT NOT NULL, cost BIGINT NOT NULL, first_byte BIGINT NOT NULL, first_bytes BIGINT NOT NULL, duration BIGINT NOT NULL,
            cost_input BIGINT NOT NULL DEFAULT 0, cost_cached BIGINT NOT NULL DEFAULT 0, cost_cache_write BIGINT NOT NULL DEFAULT 0, cost_output BIGINT NOT NULL DEFAULT 0, cost_reasoning BIGINT NOT NULL DEFAULT 0,
            PRIMARY KEY (hour, key_id, account_id, provider, model, client)) WITHOUT ROWID;
        INSERT INTO usage_hours_new (hour, key_id, account_id, provider, model, requests, errors, estimated, unpriced, input_tokens, output_tokens, cached_tokens, cache_write_tokens, reasoning_tokens, cost, first_byte, first_bytes, duration)
            SELECT hour, key_id, account_id, provider, model, requests, errors, estimated, unpriced, input_tokens, output_tokens, cached_tokens, cache_write_tokens, reasoning_tokens, cost, first_byte, first_bytes, duration FROM usage_hours;
        DROP TABLE usage_hours;
        ALTER TABLE usage_hours_new RENAME TO usage_hours;
        """,
        // How quotas stood over time.
        """
        CREATE TABLE quota_readings (account_id TEXT NOT NULL, model TEXT NOT NULL, name TEXT NOT NULL, at BIGINT NOT NULL, used BIGINT NOT NULL, resets_at BIGINT, length BIGINT, PRIMARY KEY (account_id, model, name, at)) WITHOUT ROWID;
        CREATE INDEX quota_readings_at ON quota_readings (at);
        CREATE INDEX quota_readings_resets ON quota_readings (resets_at);
        """,
        // People who are signed in to the panel.
        """
        CREATE TABLE panel_sessions (id TEXT PRIMARY KEY, token_hash BLOB NOT NULL, secret_proof BLOB NOT NULL, created_at BIGINT NOT NULL, last_used_at BIGINT NOT NULL, expires_at BIGINT NOT NULL,
            address TEXT NOT NULL, user_agent TEXT NOT NULL) WITHOUT ROWID;
        """,
        // Flows got another column, in their own file. The number of these steps is the version of a backup, which PostgreSQL counts over both, so that it counts here too.
        "SELECT 1",
        // And once more.
        "SELECT 1",
        // What vendors take from plans in credits of their own: unknown for what was used before.
        "ALTER TABLE usage ADD COLUMN credits BIGINT; ALTER TABLE usage_hours ADD COLUMN credits BIGINT NOT NULL DEFAULT 0",
    ];

    /// <summary>The flows' file: what happened.</summary>
    public static readonly string[] Flows =
    [
        """
        CREATE TABLE flows (seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, started_at BIGINT NOT NULL, duration BIGINT NOT NULL, key_id TEXT NOT NULL, key_name TEXT NOT NULL, session TEXT NOT NULL,
            requested_model TEXT NOT NULL, model TEXT NOT NULL, provider TEXT NOT NULL, account_id TEXT NOT NULL, account_label TEXT NOT NULL, stream BIGINT NOT NULL, status BIGINT NOT NULL, client_left BIGINT NOT NULL,
            input_tokens BIGINT, output_tokens BIGINT, cached_tokens BIGINT, cost BIGINT, losses BIGINT NOT NULL, size BIGINT NOT NULL, body_size BIGINT NOT NULL, bookmarked BIGINT NOT NULL, note TEXT NOT NULL, tags TEXT NOT NULL,
            word_set BIGINT NOT NULL, names TEXT NOT NULL);
        CREATE INDEX flows_started ON flows (started_at, seq);
        CREATE INDEX flows_losses ON flows (started_at, seq) WHERE losses > 0;
        CREATE INDEX flows_failed ON flows (started_at, seq) WHERE status >= 400;
        CREATE INDEX flows_bodies ON flows (started_at, seq) WHERE body_size > 0;
        CREATE TABLE health (at BIGINT PRIMARY KEY);
        CREATE TABLE flow_details (flow INTEGER PRIMARY KEY, detail TEXT NOT NULL);
        CREATE TABLE flow_bodies (flow BIGINT NOT NULL, ordinal BIGINT NOT NULL, kind BIGINT NOT NULL, attempt BIGINT NOT NULL, content_type TEXT NOT NULL, content BLOB NOT NULL, kept BIGINT NOT NULL, length BIGINT NOT NULL);
        CREATE INDEX flow_bodies_flow ON flow_bodies (flow, ordinal);
        CREATE TABLE flow_word_sets (seq INTEGER PRIMARY KEY AUTOINCREMENT, hash TEXT NOT NULL UNIQUE, words TEXT NOT NULL, used_until BIGINT NOT NULL);
        CREATE TABLE flow_texts (flow INTEGER PRIMARY KEY, words TEXT NOT NULL, marks TEXT NOT NULL);
        CREATE VIRTUAL TABLE flow_words USING fts5 (words, marks, content='flow_texts', content_rowid='flow', tokenize='ascii', detail='none', columnsize=0);
        """,
        // Conversations are listed.
        "CREATE INDEX flows_session ON flows (session, started_at) WHERE session <> ''",
        // Flows are filtered by the program that asked.
        "ALTER TABLE flows ADD COLUMN client TEXT NOT NULL DEFAULT ''",
        // What was refused before it was let in is told from what usage counts.
        "ALTER TABLE flows ADD COLUMN refused BIGINT NOT NULL DEFAULT 0; CREATE INDEX flows_refused ON flows (started_at, seq) WHERE refused = 1",
    ];

    /// <summary>Brings the file up to date; a file of a newer program, or of another one, is refused untouched.</summary>
    public static void Apply(SqliteConnection connection, string file, string[] steps)
    {
        if (SqliteConnecting.Number(connection, "PRAGMA user_version") == 0 && SqliteConnecting.Number(connection, "SELECT COUNT(*) FROM sqlite_master") == 0)
            SqliteConnecting.Run(connection, "PRAGMA auto_vacuum = INCREMENTAL");
        SqliteConnecting.Run(connection, "PRAGMA journal_mode = WAL");
        BackUpBefore(connection, file, steps.Length);
        SqliteConnecting.Run(connection, "BEGIN IMMEDIATE");
        try
        {
            var version = (int)SqliteConnecting.Number(connection, "PRAGMA user_version");
            var owner = SqliteConnecting.Number(connection, "PRAGMA application_id");
            if (owner != SqliteConnecting.ApplicationId && (owner != 0 || SqliteConnecting.Number(connection, "SELECT COUNT(*) FROM sqlite_master") > 0))
                throw new StoreException(StoreFault.Invalid, $"{file} is a database of another program. Name another data folder.");
            if (version > steps.Length)
                throw new StoreException(StoreFault.TooNew, $"{file} was written by a newer Dragoman (tables of version {version}; this program knows {steps.Length}). Run that version or a later one, or restore an older backup.");
            for (; version < steps.Length; version++) SqliteConnecting.Run(connection, steps[version]);
            SqliteConnecting.Run(connection, $"PRAGMA application_id = {SqliteConnecting.ApplicationId}");
            SqliteConnecting.Run(connection, $"PRAGMA user_version = {version}");
            SqliteConnecting.Run(connection, "COMMIT");
        }
        catch
        {
            SqliteConnecting.Run(connection, "ROLLBACK");
            throw;
        }
    }

    private static void BackUpBefore(SqliteConnection connection, string file, int target)
    {
        var version = SqliteConnecting.Number(connection, "PRAGMA user_version");
        if (version == 0 || version >= target) return;
        var copy = $"{file}.before-v{target}";
        PrivateFiles.Create(copy + ".part");
        using (var into = SqliteConnecting.Open(copy + ".part", readOnly: false, SqliteDurability.Full, TimeSpan.FromSeconds(10))) connection.BackupDatabase(into);
        File.Move(copy + ".part", copy, overwrite: true);
    }
}
