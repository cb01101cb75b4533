using System.Text.Json.Nodes;
using Dragoman.Gateway.ClientKeys;
using Dragoman.Server.Hosting;
using Dragoman.Server.Lifetime;
using Dragoman.Server.Tests.Forwarding;
using Dragoman.Server.Tests.Support;
using Microsoft.Extensions.Logging;

namespace Dragoman.Server.Tests.ClientKeys;

/// <summary>Whom keys of the store let in, from when and until when.</summary>
[Trait("speed", "fast")]
public sealed class KeyAuthenticationTests
{
    [Fact]
    public async Task The_first_key_closes_an_open_gateway_and_only_it_opens_it_again()
    {
        await using var rig = await KeyFixture.StartAsync();
        (await rig.StatusAsync("")).ShouldBe(200);
        var (id, key) = await rig.MakeAsync("one");
        key.ShouldMatch($"^dgm_{id}_[A-Za-z0-9_-]{{43}}$");
        (await rig.StatusAsync(key)).ShouldBe(200);
        (await rig.StatusAsync("")).ShouldBe(401);
        (await rig.StatusAsync(key[..^1] + (key[^1] == 'A' ? 'B' : 'A'))).ShouldBe(401);
        (await rig.StatusAsync(id)).ShouldBe(401);
        (await rig.StatusAsync(Convert.ToHexStringLower(KeyText.HashOf(key)))).ShouldBe(401, "a hash is no key");

        await rig.ManageAsync(HttpMethod.Post, $"keys/{id}/revoke");
        (await rig.StatusAsync("")).ShouldBe(401, "a gateway whose keys have ended is not open");
        await rig.ManageAsync(HttpMethod.Delete, $"keys/{id}", status: 204);
        (await rig.StatusAsync("")).ShouldBe(200);
    }

    [Fact]
    public async Task Expired_disabled_revoked_and_rotated_keys_are_told_apart()
    {
        var time = new ManualTime();
        await using var rig = await KeyFixture.StartAsync(time: time);
        var expiry = time.GetUtcNow().AddHours(1).ToString("O");
        var (_, expiring) = await rig.MakeAsync("expiring", $"\"expires_at\":\"{expiry}\"");
        var (off, disabled) = await rig.MakeAsync("off", "\"enabled\":false");
        var (gone, revoked) = await rig.MakeAsync("gone");
        var (turned, rotated) = await rig.MakeAsync("turned");
        await rig.ManageAsync(HttpMethod.Post, $"keys/{gone}/revoke");
        var renewed = (await rig.ManageAsync(HttpMethod.Post, $"keys/{turned}/rotate", """{"grace_seconds":600}"""))["key"]!.GetValue<string>();
        renewed.ShouldNotBe(rotated);

        (await rig.StatusAsync(expiring)).ShouldBe(200);
        (await rig.StatusAsync(rotated)).ShouldBe(200);
        (await rig.StatusAsync(renewed)).ShouldBe(200);
        time.Advance(TimeSpan.FromHours(1));
        (await rig.StatusAsync(renewed)).ShouldBe(200);
        foreach (var (key, word, code) in ((string, string, string)[])[(expiring, "expired", "expired_api_key"), (disabled, "switched off", "disabled_api_key"), (revoked, "revoked", "revoked_api_key"), (rotated, "rotated", "rotated_api_key")])
        {
            using var answer = await rig.AskAsync(key);
            ((int)answer.StatusCode).ShouldBe(401);
            var error = (await answer.JsonAsync())["error"]!;
            error["message"]!.GetValue<string>().ShouldContain(word);
            error["code"]!.GetValue<string>().ShouldBe(code);
            error["message"]!.GetValue<string>().ShouldNotContain(key);
        }

        await rig.ManageAsync(HttpMethod.Patch, $"keys/{off}", """{"enabled":true}""");
        (await rig.StatusAsync(disabled)).ShouldBe(200);
        var list = (await rig.ManageAsync(HttpMethod.Get, "keys"))["keys"]!.AsArray();
        list.ToDictionary(view => view!["name"]!.GetValue<string>(), view => view!["status"]!.GetValue<string>())
            .ShouldBe(new Dictionary<string, string> { ["expiring"] = "expired", ["off"] = "active", ["gone"] = "revoked", ["turned"] = "active" }, ignoreOrder: true);
        list.ToJsonString().ShouldNotContain(renewed);
    }

    [Fact]
    public async Task Keys_of_the_configuration_and_of_the_store_stand_side_by_side()
    {
        await using var rig = await KeyFixture.StartAsync(more: "api-keys: [ plain, other ]\n");
        var (_, key) = await rig.MakeAsync("made");
        foreach (var good in (string[])["plain", "other", key]) (await rig.StatusAsync(good)).ShouldBe(200);
        var list = (await rig.ManageAsync(HttpMethod.Get, "keys"))["keys"]!.AsArray();
        list.Select(view => $"{view!["origin"]} {view["name"]}").ShouldBe(["config config #1", "config config #2", "store made"]);
        var id = list[0]!["id"]!.GetValue<string>();
        id.ShouldMatch("^config-[0-9a-f]{12}$");
        (await rig.ManageAsync(HttpMethod.Patch, $"keys/{id}", """{"enabled":false}""", 409))["error"]!["message"]!.GetValue<string>().ShouldContain("configuration");
        (await rig.UsageAsync("?by=key"))["rows"]!.AsArray().Select(row => $"{row!["key_name"]} {row["requests"]}").Order().ShouldBe(["config #1 1", "config #2 1", "made 1"]);
    }

    [Fact]
    public async Task A_stored_key_allows_a_wider_address_and_its_removal_opens_nothing()
    {
        using var folder = new TempFolder();
        var data = folder.File("data");
        var wide = new StartOptions { ConfigText = "", DataFolder = data, Host = "0.0.0.0", Port = 0, LogLevel = LogLevel.None };
        (await Should.ThrowAsync<StartException>(() => GatewayHost.StartAsync(wide))).Message.ShouldContain("no client keys");
        string id;
        await using (var narrow = await KeyFixture.StartAsync(data: data)) (id, _) = await narrow.MakeAsync("one");

        await using var upstream = await RawUpstream.StartAsync((context, _) => context.SayAsync(200, KeyFixture.Whole));
        await using var gateway = await GatewayHost.StartAsync(wide with { ConfigText = FailureTests.Account("one", upstream.Address, "k") });
        using var http = new HttpClient { BaseAddress = gateway.Address };
        using var removed = await http.DeleteAsync($"/api/v1/keys/{id}");
        ((int)removed.StatusCode).ShouldBe(204);
        using var answer = await http.PostAsync("/v1/chat/completions", new StringContent(Talk.Chat("m"), System.Text.Encoding.UTF8, "application/json"));
        ((int)answer.StatusCode).ShouldBe(401);
        upstream.Calls.ShouldBe(0);
    }

    [Fact]
    public async Task A_key_can_be_held_to_a_surface()
    {
        await using var rig = await KeyFixture.StartAsync(more: "listeners: [ { port: 0 }, { port: 0, surface: kiro } ]\n");
        var (_, key) = await rig.MakeAsync("kiro only", "\"surfaces\":[\"kiro\"]");
        using var refused = await rig.AskAsync(key);
        ((int)refused.StatusCode).ShouldBe(403);
        (await refused.JsonAsync())["error"]!["code"]!.GetValue<string>().ShouldBe("surface_not_allowed");
        using var http = new HttpClient { BaseAddress = rig.Gateway.Addresses[1] };
        http.DefaultRequestHeaders.Add("x-api-key", key);
        using var answer = await http.PostAsync("/v1/chat/completions", new StringContent(Talk.Chat("m"), System.Text.Encoding.UTF8, "application/json"));
        ((int)answer.StatusCode).ShouldBe(200);
    }

    [Theory]
    [InlineData("{}", "name")]
    [InlineData("""{"name":"x","requests_per_minute":0}""", "requests_per_minute")]
    [InlineData("""{"name":"x","models":[""]}""", "models")]
    [InlineData("""{"name":"x","surfaces":["nowhere"]}""", "surfaces")]
    [InlineData("""{"name":"x","expires_at":"2001-01-01T00:00:00Z"}""", "expires_at")]
    [InlineData("""{"name":"x","budgets":[{"unit":"money","period":"day","limit":1},{"unit":"money","period":"day","limit":2}]}""", "budgets")]
    [InlineData("""{"name":"x","budgets":[{"unit":"money","period":"day","limit":1,"time_zone":"Mars/Base"}]}""", "budgets")]
    public async Task What_a_key_cannot_be_is_told_by_its_member(string body, string param)
    {
        await using var rig = await KeyFixture.StartAsync();
        (await rig.ManageAsync(HttpMethod.Post, "keys", body, 400))["error"]!["param"]!.GetValue<string>().ShouldBe(param);
        (await rig.ManageAsync(HttpMethod.Get, "keys"))["keys"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_patch_changes_what_it_names_and_null_takes_a_limit_away()
    {
        await using var rig = await KeyFixture.StartAsync();
        var (id, _) = await rig.MakeAsync("one", """ "requests_per_minute":5,"note":"n","budgets":[{"unit":"tokens","period":"total","limit":9}] """);
        var changed = await rig.ManageAsync(HttpMethod.Patch, $"keys/{id}", """{"requests_per_minute":null,"models":["claude-*"]}""");
        changed["requests_per_minute"].ShouldBeNull();
        changed["note"]!.GetValue<string>().ShouldBe("n");
        changed["models"]!.ToJsonString().ShouldBe("[\"claude-*\"]");
        changed["budgets"]![0]!["limit"]!.GetValue<decimal>().ShouldBe(9);
        await rig.ManageAsync(HttpMethod.Patch, $"keys/{id}", """{"nmae":"x"}""", 400);
        await rig.ManageAsync(HttpMethod.Patch, "keys/nobody", """{"name":"x"}""", 404);
        await rig.MakeAsync("two");
        (await rig.ManageAsync(HttpMethod.Patch, $"keys/{id}", """{"name":"TWO"}""", 409))["error"]!["code"]!.GetValue<string>().ShouldBe("name_taken");
    }

    [Fact]
    public async Task Neither_key_nor_hash_lies_in_any_file()
    {
        using var folder = new TempFolder();
        var data = folder.File("data");
        string key;
        await using (var rig = await KeyFixture.StartAsync(data: data))
        {
            (_, key) = await rig.MakeAsync("one");
            (await rig.StatusAsync(key)).ShouldBe(200);
        }

        byte[][] secrets = [System.Text.Encoding.ASCII.GetBytes(key[17..]), KeyText.HashOf(key), System.Text.Encoding.ASCII.GetBytes(Convert.ToHexStringLower(KeyText.HashOf(key)))];
        foreach (var file in Directory.EnumerateFiles(data, "*", SearchOption.AllDirectories))
        {
            var bytes = await File.ReadAllBytesAsync(file);
            foreach (var secret in secrets) bytes.AsSpan().IndexOf(secret).ShouldBe(-1, file);
        }
    }
}
