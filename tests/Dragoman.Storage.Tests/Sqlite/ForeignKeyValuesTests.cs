using Dragoman.Gateway.Persistence;
using Dragoman.Storage.Sqlite;
using Dragoman.Testing;

namespace Dragoman.Storage.Tests.Sqlite;

/// <summary>Texts by their keys from databases of other programs.</summary>
public sealed class ForeignKeyValuesTests
{
    [Fact]
    public void Texts_come_from_every_table_of_keys_and_values_and_nothing_is_changed()
    {
        using var folder = new TempFolder();
        var file = Path.Combine(folder.Path, "data.sqlite3");
        using (var connection = SqliteConnecting.Open(file, readOnly: false, SqliteDurability.Normal, TimeSpan.FromSeconds(1)))
        {
            SqliteConnecting.Run(connection, "CREATE TABLE auth_kv (key TEXT PRIMARY KEY, value TEXT)");
            SqliteConnecting.Run(connection, "CREATE TABLE \"odd \"\"name\" (Key TEXT, Value BLOB, more INTEGER)");
            SqliteConnecting.Run(connection, "CREATE TABLE other (id INTEGER, name TEXT)");
            SqliteConnecting.Run(connection, "INSERT INTO auth_kv VALUES ('token', '{\"a\":1}'), ('unrelated', 'x'), ('none', NULL)");
            SqliteConnecting.Run(connection, "INSERT INTO \"odd \"\"name\" VALUES ('profile', CAST('{\"arn\":\"é\"}' AS BLOB), 1), ('large', zeroblob(2000000), 2), ('number', 7, 3)");
        }

        var before = File.ReadAllBytes(file);
        ForeignKeyValues.IsDatabase(file).ShouldBeTrue();
        var found = ForeignKeyValues.Read(file, ["token", "profile", "large", "number", "none", "missing' OR 1=1 --"]);
        found.OrderBy(static pair => pair.Key, StringComparer.Ordinal).ShouldBe([new("profile", "{\"arn\":\"é\"}"), new("token", "{\"a\":1}")]);
        File.ReadAllBytes(file).ShouldBe(before);
        Directory.GetFiles(folder.Path).ShouldBe([file], "nothing is left beside it");
    }

    [Fact]
    public void A_database_with_a_log_is_read_with_it_and_no_log_is_made_where_there_is_none()
    {
        using var folder = new TempFolder();
        var file = Path.Combine(folder.Path, "state of #1.vscdb");
        using (var editor = SqliteConnecting.Open(file, readOnly: false, SqliteDurability.Normal, TimeSpan.FromSeconds(1)))
        {
            SqliteConnecting.Run(editor, "PRAGMA journal_mode = WAL");
            SqliteConnecting.Run(editor, "CREATE TABLE ItemTable (key TEXT, value BLOB)");
            SqliteConnecting.Run(editor, "INSERT INTO ItemTable VALUES ('token', 'of a running editor')");
            File.Exists(file + "-wal").ShouldBeTrue();
            ForeignKeyValues.Read(file, ["token"]).ShouldBe([new("token", "of a running editor")]);
        }

        Directory.GetFiles(folder.Path).ShouldBe([file], "the editor has ended");
        var before = File.ReadAllBytes(file);
        ForeignKeyValues.Read(file, ["token"]).ShouldBe([new("token", "of a running editor")]);
        File.ReadAllBytes(file).ShouldBe(before);
        Directory.GetFiles(folder.Path).ShouldBe([file], "nothing is left beside it");
    }

    [Fact]
    public void What_is_no_database_or_a_broken_one_is_said()
    {
        using var folder = new TempFolder();
        var (text, broken) = (Path.Combine(folder.Path, "a.json"), Path.Combine(folder.Path, "b.sqlite3"));
        File.WriteAllText(text, "{}");
        File.WriteAllText(broken, "SQLite format 3\0 and then nothing of a database");
        ForeignKeyValues.IsDatabase(text).ShouldBeFalse();
        ForeignKeyValues.IsDatabase(broken).ShouldBeTrue();
        Should.Throw<StoreException>(() => ForeignKeyValues.Read(broken, ["token"]));
    }
}
