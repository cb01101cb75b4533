using Dragoman.Server.Tests.Support;

namespace Dragoman.Server.Tests.ClientKeys;

/// <summary>Two gateways on one PostgreSQL: the same keys, the same budgets, one ledger.</summary>
public sealed class TwoNodesTests
{
    [Fact]
    public async Task Keys_and_budgets_are_the_same_on_every_node()
    {
        await using var place = new PostgresPlace();
        await place.PrepareAsync();
        using var folder = new TempFolder();
        var store = $"store: {{ postgres: \"{place.Address}\", patience-seconds: 120 }}\n";
        // The nodes share the key file, as they must to read each other's secrets.
        await using var one = await KeyFixture.StartAsync(more: store, data: folder.File("data"));
        await using var two = await KeyFixture.StartAsync(more: store, data: folder.File("data"));
        var (id, key) = await one.MakeAsync("k", """ "budgets":[{"unit":"tokens","period":"day","limit":3400}] """);
        var (other, free) = await one.MakeAsync("free");
        await Poll.UntilAsync(async () => await two.StatusAsync(free) == 200);

        var before = one.Upstream.Calls + two.Upstream.Calls;
        var body = Talk.Chat("m", more: ",\"max_tokens\":90");
        var statuses = await Task.WhenAll(Enumerable.Range(0, 200).Select(number => (number % 2 == 0 ? one : two).StatusAsync(key, body)));
        var passed = statuses.Count(status => status == 200);
        statuses.ShouldAllBe(status => status == 200 || status == 429);
        (one.Upstream.Calls + two.Upstream.Calls).ShouldBe(before + passed);
        var standing = await BudgetTests.SettledAsync(two, id, passed * 15);
        standing["spent"]!.GetValue<decimal>().ShouldBeLessThanOrEqualTo(3400);

        await two.ManageAsync(HttpMethod.Post, $"keys/{other}/revoke");
        await Poll.UntilAsync(async () => await one.StatusAsync(free) == 401);
        (await one.UsageAsync("?by=key"))["rows"]!.AsArray().Single(row => row!["key"]!.GetValue<string>() == id)!["requests"]!.GetValue<long>().ShouldBe(passed);
    }

    [Fact]
    public async Task The_master_key_is_changed_only_where_every_node_reads_the_same_file_and_then_holds_at_once()
    {
        await using var place = new PostgresPlace();
        await place.PrepareAsync();
        using var folder = new TempFolder();
        var store = $"store: {{ postgres: \"{place.Address}\", patience-seconds: 120 }}\n";
        await using var one = await KeyFixture.StartAsync(more: store, data: folder.File("one"));
        Directory.CreateDirectory(folder.File("two"));
        File.CreateSymbolicLink(Path.Combine(folder.File("two"), "master.key"), Path.Combine(folder.File("one"), "master.key"));
        await using var two = await KeyFixture.StartAsync(more: store, data: folder.File("two"));

        (await one.ManageAsync(HttpMethod.Post, "settings/rotate-key", status: 409))["error"]!["message"]!.GetValue<string>().ShouldContain("--shared-key-file");
        await one.ManageAsync(HttpMethod.Post, "settings/rotate-key?sharedKeyFile=true");
        // Each opens what the other wraps from now on, without a restart.
        var (_, first) = await one.MakeAsync("first");
        await Poll.UntilAsync(async () => await two.StatusAsync(first) == 200);
        var (_, second) = await two.MakeAsync("second");
        await Poll.UntilAsync(async () => await one.StatusAsync(second) == 200);
    }
}
