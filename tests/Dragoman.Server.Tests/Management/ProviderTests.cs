using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Dragoman.Providers;
using Dragoman.Server.Tests.Forwarding;
using Dragoman.Server.Tests.Support;

namespace Dragoman.Server.Tests.Management;

/// <summary>Providers over the management API: what accounts are made of, and which models an upstream has.</summary>
[Trait("speed", "fast")]
public sealed class ProviderTests
{
    [Fact]
    public async Task Every_provider_is_listed_with_the_fields_of_its_own_schema()
    {
        await using var rig = await GatewayFixture.StartAsync();
        using var answer = await rig.GetAsync("/api/v1/providers");
        ((int)answer.StatusCode).ShouldBe(200);
        var listed = (await answer.JsonAsync())["providers"]!.AsArray().ToDictionary(provider => Text(provider!, "id"), provider => provider!);
        var registry = ProviderModules.CreateRegistry(TimeProvider.System);
        listed.Keys.ShouldBe(registry.All.Select(provider => provider.Id));
        foreach (var module in registry.All)
        {
            var shown = listed[module.Id];
            (Text(shown, "name"), Text(shown, "homepage"), Text(shown, "section")).ShouldBe((module.Descriptor.DisplayName, module.Descriptor.Homepage, module.Accounts.Section));
            Names(shown["fields"]!).Where(field => field.Place == "settings").Select(field => field.Name).ShouldBe(module.Accounts.Form.Settings.Select(field => field.Name), module.Id);
            shown["credentials"]!.AsArray().SelectMany(way => Names(way!["fields"]!)).Select(field => field.Name).ShouldBe(module.Accounts.Form.Credentials.SelectMany(way => way.Fields).Select(field => field.Name), module.Id);
            shown["flows"]!.AsArray().Select(flow => Text(flow!, "id")).ShouldBe(module.Logins.Select(flow => flow.Id));
            Text(shown["third_party_use"]!, "statement").ShouldBe(module.Descriptor.ThirdPartyUse.Statement);
            foreach (var field in shown["fields"]!.AsArray().Where(field => Text(field!, "type") == "enum")) field!["choices"]!.AsArray().ShouldNotBeEmpty();
        }

        var compatible = listed["openai"];
        (Text(compatible, "kind"), compatible["accounts"]!.GetValue<int>()).ShouldBe(("custom", 2));
        compatible["fields"]!.AsArray().Single(field => Text(field!, "name") == "base-url")!["required"]!.GetValue<bool>().ShouldBeTrue();
        compatible["credentials"]![0]!["fields"]![0]!["type"]!.GetValue<string>().ShouldBe("secret");
        compatible["credential_kinds"]!.ToJsonString().ShouldBe("""["api-key","none"]""");
        (Text(listed["bedrock"], "kind"), Text(listed["claude"], "kind"), Text(listed["kiro"], "kind")).ShouldBe(("cloud", "api-key", "subscription"));
        listed["claude"]["model_examples"]!.AsArray().ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Models_are_discovered_with_a_credential_that_is_not_saved()
    {
        string? seen = null;
        await using var upstream = await RawUpstream.StartAsync((context, _) =>
        {
            seen = context.Request.Headers.Authorization;
            return context.SayAsync(200, """{"object":"list","data":[{"id":"one"},{"id":"two"},{"id":"one"}]}""");
        });
        await using var rig = await GatewayFixture.StartAsync();
        var found = await DiscoverAsync(rig, 200, Account(upstream.Address + "/v1"));
        found["models"]!.AsArray().Select(model => Text(model!, "id")).ShouldBe(["one", "two"]);
        found["problem"].ShouldBeNull();
        seen.ShouldBe("Bearer key-that-nobody-keeps");
        using var accounts = await rig.GetAsync("/api/v1/accounts");
        (await accounts.TextAsync()).ShouldNotContain("fresh");
        using var audit = await rig.GetAsync("/api/v1/audit?action=account.discover");
        var noted = await audit.TextAsync();
        noted.ShouldContain("answered with 200");
        noted.ShouldNotContain("key-that-nobody-keeps");
    }

    [Fact]
    public async Task What_keeps_models_from_being_discovered_is_told_in_words()
    {
        await using var refusing = await RawUpstream.StartAsync((context, _) => context.SayAsync(401, """{"error":{"message":"no key-that-nobody-keeps here"}}"""));
        await using var strange = await RawUpstream.StartAsync((context, _) => context.SayAsync(200, "<html>"));
        await using var rig = await GatewayFixture.StartAsync();
        var refused = await DiscoverAsync(rig, 200, Account(refusing.Address + "/v1"));
        (Text(refused, "problem"), refused["status"]!.GetValue<int>(), refused["models"]!.AsArray().Count).ShouldBe(("The upstream refuses the credential (401); check the key.", 401, 0));
        Text(await DiscoverAsync(rig, 200, Account(strange.Address + "/v1")), "problem").ShouldContain("cannot be read");
        Text(await DiscoverAsync(rig, 200, Account("http://127.0.0.1:1/v1")), "problem").ShouldContain("cannot be reached");
        var fault = await DiscoverAsync(rig, 400, Account("ftp://x"));
        Text(fault["error"]!, "message").ShouldContain("base-url");
        await DiscoverAsync(rig, 400, new { provider = "parrot" });
    }

    private static object Account(string address)
        => new { provider = "openai", label = "fresh", credential = new { api_key = "key-that-nobody-keeps" }, settings = new Dictionary<string, object> { ["base-url"] = address } };

    private static async Task<JsonNode> DiscoverAsync(GatewayFixture rig, int status, object body)
    {
        using var answer = await rig.SendAsync(HttpMethod.Post, "/api/v1/accounts/discover", JsonContent.Create(body));
        var text = await answer.TextAsync();
        ((int)answer.StatusCode).ShouldBe(status, text);
        return JsonNode.Parse(text)!;
    }

    private static IEnumerable<(string Name, string Place)> Names(JsonNode fields) => fields.AsArray().Select(field => (Text(field!, "name"), Text(field!, "place")));

    private static string Text(JsonNode node, string member) => node[member]!.GetValue<string>();
}
