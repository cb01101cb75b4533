using System.Text;

namespace Dragoman.Server.Tests.Surfaces.CliProxy;

/// <summary>Rules for all logins of a channel (wire notes cliproxyapi 2.5): they hold at once, for accounts of the store too.</summary>
public sealed class LoginRuleTests
{
    [Fact]
    public async Task Excluded_models_are_not_served_and_aliases_are()
    {
        await using var rig = await AuthFileTests.StartAsync();
        await AuthFileTests.UploadAsync(rig, ("a.json", """{"type":"codex","email":"a@x.example","access_token":"at","refresh_token":"rt","expired":"2030-01-01T00:00:00Z","account_id":"ws"}"""));
        var all = await ModelsAsync(rig);
        all.Count.ShouldBeGreaterThan(2);
        (await rig.SendAsync("PUT", "/oauth-excluded-models", $$"""{"codex":["{{all[0]}}"]}""")).Status.ShouldBe(200);
        (await ModelsAsync(rig)).ShouldBe(all.Skip(1));
        (await rig.SendAsync("PUT", "/oauth-model-alias", $$"""{"codex":[{"name":"{{all[1]}}","alias":"mine","display-name":"Mine"},{"name":"{{all[2]}}","alias":"also","fork":true}]}""")).Status.ShouldBe(200);
        (await ModelsAsync(rig)).Order(StringComparer.Ordinal).ShouldBe(all.Skip(2).Concat(["mine", "also"]).Order(StringComparer.Ordinal), "a name without a fork is replaced");
        (await rig.SendAsync("GET", "/auth-files/models?name=a.json")).Body.ShouldContain("\"display_name\":\"Mine\"");
        await rig.AskAsync("POST", "/v1/chat/completions", new StringContent("""{"model":"mine","messages":[{"role":"user","content":"hi"}]}""", Encoding.UTF8, "application/json"));
        rig.Upstream.Requests.Last(request => request.Target.Contains("codex", StringComparison.Ordinal)).Text.ShouldContain($"\"{all[1]}\"");
        (await rig.SendAsync("DELETE", "/oauth-excluded-models?provider=codex")).Status.ShouldBe(200);
        (await rig.SendAsync("PATCH", "/oauth-model-alias", """{"channel":"codex","aliases":[]}""")).Status.ShouldBe(200);
        (await ModelsAsync(rig)).ShouldBe(all);
    }

    private static async Task<List<string>> ModelsAsync(CliProxyFixture rig)
        => [.. (await rig.SendAsync("GET", "/auth-files/models?name=a.json")).Json["models"]!.AsArray().Select(model => model!["id"]!.GetValue<string>())];
}
