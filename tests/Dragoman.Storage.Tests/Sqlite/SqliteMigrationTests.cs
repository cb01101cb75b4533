using Dragoman.Storage.Postgres;
using Dragoman.Storage.Sqlite;
using Dragoman.Storage.Tests.Support;
using Microsoft.Data.Sqlite;

namespace Dragoman.Storage.Tests.Sqlite;

public sealed class SqliteMigrationTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private string File_ => _folder.File("x.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Both_engines_are_of_one_version()
        => SqliteMigrations.Ledger.Length.ShouldBe(PostgresMigrations.Steps.Length, "a backup of either is restored into the other: a step of PostgreSQL's, also for flows, is a step of SQLite's ledger (SELECT 1)");

    [Fact]
    public void Missing_steps_are_done_once_after_a_copy_was_put_aside()
    {
        Apply("CREATE TABLE a (x)", "INSERT INTO a VALUES (1)");
        File.Exists(File_ + ".before-v2").ShouldBeFalse();
        Apply("CREATE TABLE a (x)", "INSERT INTO a VALUES (1)", "INSERT INTO a VALUES (2)");
        Apply("CREATE TABLE a (x)", "INSERT INTO a VALUES (1)", "INSERT INTO a VALUES (2)");
        Count(File_).ShouldBe(2);
        Count(File_ + ".before-v3").ShouldBe(1);
    }

    [Fact]
    public void A_step_that_fails_leaves_the_file_as_it_was()
    {
        Apply("CREATE TABLE a (x)", "INSERT INTO a VALUES (1)");
        Should.Throw<SqliteException>(() => Apply("CREATE TABLE a (x)", "INSERT INTO a VALUES (1)", "INSERT INTO a VALUES (2)", "INSERT INTO nothing VALUES (1)"));
        Count(File_).ShouldBe(1);
        Apply("CREATE TABLE a (x)", "INSERT INTO a VALUES (1)", "INSERT INTO a VALUES (3)");
        Count(File_).ShouldBe(2);
    }

    [Fact]
    public void Kept_conversations_of_the_first_tables_begin_at_version_1()
    {
        Apply(SqliteMigrations.Ledger[..1]);
        using (var connection = SqliteConnecting.Open(File_, readOnly: false, SqliteDurability.Full, TimeSpan.FromSeconds(1)))
            SqliteConnecting.Run(connection, "INSERT INTO responses (id, owner, status, model, account_id, response, input_items, created_at) VALUES ('c', '', 'conversation', '', '', '{}', '[]', 1)");
        Apply(SqliteMigrations.Ledger);
        using (var connection = SqliteConnecting.Open(File_, readOnly: false, SqliteDurability.Full, TimeSpan.FromSeconds(1)))
            SqliteConnecting.Number(connection, "SELECT version FROM responses WHERE id = 'c'").ShouldBe(1);
    }

    [Fact]
    public void Usage_of_the_first_tables_is_kept_as_that_of_unknown_client_programs()
    {
        Apply(SqliteMigrations.Ledger[..2]);
        using (var connection = SqliteConnecting.Open(File_, readOnly: false, SqliteDurability.Full, TimeSpan.FromSeconds(1)))
        {
            SqliteConnecting.Run(connection, "INSERT INTO usage_hours VALUES (3600000, 'k', 'a', 'p', 'm', 7, 1, 2, 3, 100, 50, 40, 30, 20, 9000, 11, 12, 13)");
            SqliteConnecting.Run(connection, "INSERT INTO usage VALUES (1, 'r', 3600001, 'k', 'a', 'p', 'm', 'm', 200, 0, 0, 100, 50, 40, 30, 20, 9000, 11, 13, 0)");
        }

        Apply(SqliteMigrations.Ledger);
        using (var connection = SqliteConnecting.Open(File_, readOnly: false, SqliteDurability.Full, TimeSpan.FromSeconds(1)))
        {
            SqliteConnecting.Number(connection, "SELECT requests * 1000000 + reasoning_tokens * 100 + duration FROM usage_hours WHERE client = '' AND cost = 9000 AND cost_input = 0").ShouldBe(7_002_013);
            SqliteConnecting.Number(connection, "SELECT COUNT(*) FROM usage WHERE client = '' AND cost_input IS NULL").ShouldBe(1);
        }
    }

    private static long Count(string file)
    {
        using var connection = SqliteConnecting.Open(file, readOnly: false, SqliteDurability.Full, TimeSpan.FromSeconds(1));
        return SqliteConnecting.Number(connection, "SELECT COUNT(*) FROM a");
    }

    private void Apply(params string[] steps)
    {
        using var connection = SqliteConnecting.Open(File_, readOnly: false, SqliteDurability.Full, TimeSpan.FromSeconds(1));
        SqliteMigrations.Apply(connection, File_, steps);
    }
}
