using System.Text;
using Dragoman.Gateway.Persistence;
using Dragoman.Storage.Secrets;
using Dragoman.Storage.Sqlite;
using Dragoman.Storage.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dragoman.Storage.Tests.Sqlite;

public sealed class SqliteFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private string Data => _folder.File("data");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Files_are_for_their_owner_only()
    {
        await using var store = await StorePlace.OpenAsync(Data);
        await store.Settings.SetAsync(new Setting("a", "b"), null);
        _ = SecretProtector.Open(Data, _ => null);
        if (OperatingSystem.IsWindows()) return;
        File.GetUnixFileMode(Data).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        foreach (var file in Directory.GetFiles(Data)) File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite, file);
    }

    [Fact]
    public async Task A_newer_database_is_refused_and_left_alone()
    {
        await (await StorePlace.OpenAsync(Data)).DisposeAsync();
        Change("PRAGMA user_version = 999");
        var fault = await Should.ThrowAsync<StoreException>(() => StorePlace.OpenAsync(Data));
        fault.Fault.ShouldBe(StoreFault.TooNew);
        fault.Message.ShouldContain("999");
        Change($"PRAGMA user_version = {SqliteMigrations.Ledger.Length}");
        await (await StorePlace.OpenAsync(Data)).DisposeAsync();
    }

    [Fact]
    public async Task A_database_of_another_program_is_refused()
    {
        Directory.CreateDirectory(Data);
        Change("CREATE TABLE theirs (x)");
        (await Should.ThrowAsync<StoreException>(() => StorePlace.OpenAsync(Data))).Fault.ShouldBe(StoreFault.Invalid);
    }

    [Theory]
    [InlineData("deleted")]
    [InlineData("moved")]
    [InlineData("replaced")]
    public async Task A_file_that_is_taken_away_takes_no_more_writes_until_it_is_back(string how)
    {
        await using var store = await StorePlace.OpenAsync(Data);
        await store.Settings.SetAsync(new Setting("before", "1"), null);
        var ledger = Path.Combine(Data, "dragoman.db");
        var aside = Path.Combine(Data, "aside.db");
        if (how == "deleted") File.Delete(ledger);
        else File.Move(ledger, aside);
        if (how == "replaced") File.Copy(aside, ledger);
        for (var i = 0; i < 2; i++)
        {
            var fault = await Should.ThrowAsync<StoreException>(() => store.Settings.SetAsync(new Setting("lost", "1"), null));
            fault.Fault.ShouldBe(StoreFault.Unavailable);
            fault.Message.ShouldContain("dragoman.db was deleted, moved or replaced");
        }

        var health = await store.CheckAsync();
        (health.Healthy, health.Lost).ShouldBe((false, true));
        if (how == "deleted") return;
        File.Move(aside, ledger, overwrite: true);
        (await store.Settings.SetAsync(new Setting("after", "1"), null)).Saved.ShouldBeTrue();
        health = await store.CheckAsync();
        (health.Healthy, health.Lost).ShouldBe((true, false));
        (await store.Settings.ListAsync()).Select(setting => setting.Name).Order().ShouldBe(["after", "before"]);
    }

    [Fact]
    public async Task A_damaged_ledger_is_refused_and_only_set_aside_when_asked()
    {
        await using (var store = await StorePlace.OpenAsync(Data)) await store.Accounts.AddAsync(new StoredAccount { Id = "a", Label = "a", Provider = "p", CredentialKind = "none" });
        var ledger = Path.Combine(Data, "dragoman.db");
        Damage(ledger);
        (await Should.ThrowAsync<StoreException>(() => StorePlace.OpenAsync(Data))).Fault.ShouldBe(StoreFault.Damaged);
        (await Should.ThrowAsync<StoreException>(() => StorePlace.OpenAsync(Data))).Fault.ShouldBe(StoreFault.Damaged);
        await using var anew = await GatewayStore.OpenAsync(new SqliteStoreOptions { Folder = Data, ReplaceDamaged = true }, TimeProvider.System, NullLogger.Instance);
        var aside = (await anew.CheckAsync()).SetAside.ShouldHaveSingleItem();
        File.Exists(aside).ShouldBeTrue();
        (await anew.Accounts.ListAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Damaged_flows_are_set_aside_and_told_of()
    {
        await using (var store = await StorePlace.OpenAsync(Data)) await store.Accounts.AddAsync(new StoredAccount { Id = "a", Label = "a", Provider = "p", CredentialKind = "none" });
        Damage(Path.Combine(Data, "flows.db"));
        await using var anew = await StorePlace.OpenAsync(Data);
        (await anew.CheckAsync()).SetAside.ShouldHaveSingleItem().ShouldContain("flows.db.damaged-");
        (await anew.Accounts.ListAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_full_disk_is_told_and_recovered_from()
    {
        await using var store = await StorePlace.OpenAsync(Data);
        await store.Settings.SetAsync(new Setting("before", "x"), null);
        // As full as can be: the file may not grow by a page.
        var pages = await PagesAsync(store, limit: true);
        var big = new string('x', 200_000);
        (await Should.ThrowAsync<StoreException>(() => store.Settings.SetAsync(new Setting("big", big), null))).Fault.ShouldBe(StoreFault.Full);
        pages.ShouldBeGreaterThan(0);
        (await store.Settings.GetAsync("before"))!.Value.ShouldBe("x");
        // The writer begins anew with a fresh connection, which has room again.
        (await store.Settings.SetAsync(new Setting("big", big), null)).Saved.ShouldBeTrue();
        (await store.Settings.GetAsync("big"))!.Value.Length.ShouldBe(200_000);
    }

    [Fact]
    public void The_packages_own_library_is_used_whatever_the_system_has()
    {
        Version.Parse(SqliteLibrary.Version).ShouldBeGreaterThanOrEqualTo(new Version(3, 53));
        if (!OperatingSystem.IsLinux()) return;
        var mapped = File.ReadAllLines("/proc/self/maps");
        mapped.ShouldContain(line => line.EndsWith("/libe_sqlite3.so", StringComparison.Ordinal));
        mapped.ShouldNotContain(line => line.Contains("/libsqlite3.so", StringComparison.Ordinal));
    }

    [Fact]
    public async Task No_file_holds_a_secret_in_the_clear()
    {
        var protector = SecretProtector.Open(Data, _ => null);
        await using (var store = await StorePlace.OpenAsync(Data))
        {
            await store.Accounts.AddAsync(new StoredAccount { Id = "a", Label = "a", Provider = "p", CredentialKind = "api-key", Secret = protector.Protect("sk-canary-account"u8, SecretPurpose.Account("a")) });
            await store.Keys.AddAsync(new ClientKey { Id = "k", Name = "k", Hash = protector.Protect("canary-hash"u8, SecretPurpose.ClientKey("k")) });
            await store.Settings.SetAsync(new Setting("s", "") { Secret = protector.Protect("canary-setting"u8, SecretPurpose.Setting("s")) }, null);
            await store.BackupAsync(Path.Combine(Data, "backup"));

            protector.Rotate();
            (await store.ReprotectAsync(protector)).ShouldBe(3);
            (await store.ReprotectAsync(protector)).ShouldBe(0);
            protector.DropOld();
            protector.Unprotect((await store.Accounts.GetAsync("a"))!.Secret.Span, SecretPurpose.Account("a")).ShouldBe("sk-canary-account"u8.ToArray());
        }

        foreach (var file in Directory.GetFiles(Data)) Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file)).ShouldNotContain("canary", Case.Sensitive, file);
    }

    [Fact]
    public async Task Two_who_start_at_once_make_the_tables_once()
    {
        var stores = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => StorePlace.OpenAsync(Data))));
        foreach (var store in stores) await store.Settings.SetAsync(new Setting("a", "b"), null);
        (await stores[0].Settings.GetAsync("a"))!.Version.ShouldBe(4);
        foreach (var store in stores) await store.DisposeAsync();
    }

    private static async Task<long> PagesAsync(IGatewayStore store, bool limit)
    {
        var ledger = (SqliteWriter)typeof(SqliteGatewayStore).GetField("_ledger", System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Instance)!.GetValue(store)!;
        return await ledger.WriteAsync(async session => await session.NumberAsync(limit ? "PRAGMA max_page_count = 1" : "PRAGMA page_count") ?? 0, default);
    }

    [Fact]
    public async Task Flows_of_earlier_builds_are_read_with_the_names_of_today()
    {
        await using (var store = await StorePlace.OpenAsync(Data))
        {
            await store.Flows.AppendAsync([new FlowRecord { Id = "old", StartedAt = DateTimeOffset.UnixEpoch, RequestedModel = "m", Mode = "passthrough" }]);
        }

        Change("""
            UPDATE flow_details SET detail = '{"clientLanguage":"openai-chat","upstreamLanguage":"gemini","lane":"translate","attempts":[
                {"accountId":"a","accountLabel":"l","provider":"p","model":"m","why":"first","outcome":"broke off: gone","duration":"00:00:01"}]}'
            """, "flows.db");

        await using var reopened = await StorePlace.OpenAsync(Data);
        var flow = (await reopened.Flows.GetAsync("old"))!;
        (flow.ClientProtocol, flow.UpstreamProtocol, flow.Mode).ShouldBe(("openai-chat", "gemini", "translated"));
        flow.Attempts.ShouldBe([new FlowAttempt("a", "l", "p", "m", "first", "interrupted: gone", TimeSpan.FromSeconds(1))]);
    }

    private static void Damage(string file)
    {
        using var stream = File.Open(file, FileMode.Open);
        var length = stream.Length;
        stream.Position = 0;
        stream.Write(Encoding.ASCII.GetBytes("SQLite format 3\0"));
        stream.Position = 100;
        while (stream.Position < length) stream.WriteByte(0xA5);
    }

    private void Change(string sql, string file = "dragoman.db")
    {
        _ = SqliteLibrary.Version;
        using var connection = new SqliteConnection($"Data Source={Path.Combine(Data, file)};Pooling=False");
        connection.Open();
        SqliteConnecting.Run(connection, sql);
    }
}
