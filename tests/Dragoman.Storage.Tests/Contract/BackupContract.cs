using Dragoman.Gateway.Persistence;
using Dragoman.Storage.Tests.Support;

namespace Dragoman.Storage.Tests.Contract;

public sealed class BackupOnSqlite : BackupContract<SqlitePlace, PostgresPlace>;

[Trait("speed", "slow")]
public sealed class BackupOnPostgres : BackupContract<PostgresPlace, SqlitePlace>;

public abstract class BackupContract<TPlace, TOther> : StoreContract<TPlace>
    where TPlace : StorePlace, new()
    where TOther : StorePlace, new()
{
    [Fact]
    public async Task A_backup_brings_everything_back_on_either_engine()
    {
        await FillAsync(Store);
        var before = await PictureAsync(Store);
        var file = Folder.File("backup");
        var report = await Store.BackupAsync(file);
        report.Rows.ShouldBeGreaterThan(8);
        if (!OperatingSystem.IsWindows()) File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);

        await Store.Accounts.RemoveAsync("a");
        await Store.Accounts.AddAsync(Account("later"));
        await Store.Flows.RemoveAsync("f");
        await Store.RestoreAsync(file);
        (await PictureAsync(Store)).ShouldBe(before);

        await using var otherPlace = new TOther();
        await otherPlace.PrepareAsync();
        await using var other = await otherPlace.OpenAsync();
        (await other.RestoreAsync(file)).Rows.ShouldBe(report.Rows);
        (await PictureAsync(other)).ShouldBe(before);
        // What counts rows goes on after the highest.
        await other.Flows.AppendAsync([new FlowRecord { Id = "next", StartedAt = Noon }, new FlowRecord { Id = "plain2", StartedAt = Noon, Model = "sonnet" }, new FlowRecord { Id = "plain3", StartedAt = Noon, Model = "opus" }]);
        (await other.Flows.SearchAsync(new() { Text = "sonnet" }, new())).Items.Select(item => item.Id).ShouldBe(["plain2", "plain"], ignoreOrder: true);
        (await other.Flows.MarkAsync("plain", new FlowMarks { Note = "kept" })).ShouldBeTrue();
        (await other.Flows.SearchAsync(new() { Text = "kept sonnet evening" }, new())).Items.Select(item => item.Id).ShouldBe(["plain"]);
        await other.Usage.AppendAsync([Usage("next", Noon)]);
    }

    [Fact]
    public async Task A_file_that_is_not_whole_touches_nothing()
    {
        await FillAsync(Store);
        var before = await PictureAsync(Store);
        var file = Folder.File("backup");
        await Store.BackupAsync(file);
        var whole = await File.ReadAllBytesAsync(file);
        foreach (var length in new[] { 0, 1, 20, whole.Length / 2, whole.Length - 40 })
        {
            await File.WriteAllBytesAsync(file, whole[..length]);
            (await Should.ThrowAsync<StoreException>(() => Store.RestoreAsync(file))).Fault.ShouldBe(StoreFault.Invalid);
        }

        await File.WriteAllTextAsync(file, "no backup at all");
        (await Should.ThrowAsync<StoreException>(() => Store.RestoreAsync(file))).Fault.ShouldBe(StoreFault.Invalid);
        (await Should.ThrowAsync<StoreException>(() => Store.RestoreAsync(Folder.File("none")))).Fault.ShouldBe(StoreFault.Invalid);
        (await PictureAsync(Store)).ShouldBe(before);
    }

    [Fact]
    public async Task Restoring_never_takes_an_epoch_back()
    {
        await Store.Leases.TryTakeAsync("x", "one", TimeSpan.FromMilliseconds(1));
        var file = Folder.File("backup");
        await Store.BackupAsync(file);
        await Task.Delay(20);
        (await Store.Leases.TryTakeAsync("x", "two", TimeSpan.FromMilliseconds(1)))!.Epoch.ShouldBe(2);
        await Store.RestoreAsync(file);
        await Task.Delay(20);
        (await Store.Leases.TryTakeAsync("x", "three", TimeSpan.FromMinutes(1)))!.Epoch.ShouldBe(3);
    }

    [Fact, Trait("speed", "slow")]
    public async Task A_kill_in_the_middle_leaves_a_whole_store_and_a_whole_backup()
    {
        await FillAsync(Store);
        var before = await PictureAsync(Store);
        for (var round = 0; round < 3; round++)
        {
            await DoomedWriter.DoomAsync(Place.Address, "backup", Folder.Path, 1, TimeSpan.FromMilliseconds(37 * round));
            await using var store = await Place.OpenAsync();
            (await PictureAsync(store)).ShouldBe(before);
        }
    }

    private static async Task FillAsync(IGatewayStore store)
    {
        await store.Accounts.AddAsync(Account("a") with { Label = "ünï", Tags = ["t"] });
        await store.Keys.AddAsync(Key("k"));
        await store.Settings.SetAsync(new Setting("s", "v"), null);
        await store.Audit.AppendAsync([new AuditEntry(Noon, "cli", "", "a", "b", "done", "{}")]);
        await store.Usage.AppendAsync([Usage("u", Noon)]);
        await store.QuotaHistory.AppendAsync([new StoredQuotaReading("a", null, "5h", Noon, 0.5, Noon.AddHours(1), TimeSpan.FromHours(5))]);
        await store.Budgets.ReserveAsync(new ReservationRecord { RequestId = "r", Instance = "i", Tokens = 5, Lines = [new("o", new(BudgetUnit.Tokens, BudgetPeriod.Total, 10))], IfOrphaned = Usage("r", Noon) });
        await store.Responses.SaveAsync(new ResponseStateRecord { Id = "resp", Response = "{}"u8.ToArray(), CreatedAt = Noon });
        await store.Flows.AppendAsync([new FlowRecord { Id = "f", StartedAt = Noon, SearchText = "needle", Marks = new FlowMarks { Note = "thread" }, Bodies = [new(FlowBodyKind.ClientRequest, 0, "x", new byte[] { 1, 2 }, 2)] },
            new FlowRecord { Id = "plain", StartedAt = Noon, Model = "sonnet", Session = "evening 9" }]);
    }

    private static async Task<string> PictureAsync(IGatewayStore store) => string.Join('\n',
    [
        .. (await store.Accounts.ListAsync()).Select(item => $"{item.Id} {item.Label} {item.Version} {item.Tags.Count} {Convert.ToHexString(item.Secret.Span)}"),
        .. (await store.Keys.ListAsync()).Select(item => $"{item.Id} {Convert.ToHexString(item.Hash.Span)}"),
        .. (await store.Settings.ListAsync()).Select(item => $"{item.Name} {item.Value}"),
        .. (await store.Audit.ListAsync(new(), new())).Items.Select(item => item.ToString()),
        .. (await store.Usage.SummariseAsync(new(), new())).Select(item => item.ToString()),
        .. (await store.Budgets.GetStatusAsync("o", [new(BudgetUnit.Tokens, BudgetPeriod.Total, 10)])).Select(item => item.ToString()),
        (await store.Responses.GetAsync("resp", ""))?.CreatedAt.ToString("O") ?? "",
        .. (await store.Flows.SearchAsync(new() { Text = "needle thread" }, new())).Items.Select(item => item.Id),
        .. (await store.Flows.SearchAsync(new() { Text = "sonnet evening 9" }, new())).Items.Select(item => item.Id),
        .. (await store.Flows.BodiesAsync("f")).Select(item => Convert.ToHexString(item.Content.Span)),
    ]);
}
