using System.Text;
using Dragoman.Server.Tests.Support;

namespace Dragoman.Server.Tests.Management;

/// <summary>The configuration over the management API: its schema, the check of a text, its history.</summary>
[Trait("speed", "fast")]
public sealed class ConfigHistoryRouteTests
{
    [Fact]
    public async Task The_schema_is_served_as_a_schema()
    {
        await using var rig = await GatewayFixture.StartAsync();
        using var answer = await rig.GetAsync("/api/v1/settings/schema");
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/schema+json");
        var schema = await answer.JsonAsync();
        schema["$schema"]!.GetValue<string>().ShouldBe("https://json-schema.org/draft/2020-12/schema");
        var properties = schema["properties"]!;
        properties["port"]!["default"]!.GetValue<int>().ShouldBe(8317);
        properties["routing"]!["properties"]!["strategy"]!["anyOf"]![0]!["enum"]!.AsArray().Select(word => word!.GetValue<string>()).ShouldBe(["round-robin", "fill-first", "sticky", "least-used", "hybrid"]);
        properties["pprof"]!["deprecated"]!.GetValue<bool>().ShouldBeTrue();
        properties["providers"]!["properties"]!["kiro"].ShouldNotBeNull();
    }

    [Fact]
    public async Task A_mistake_is_found_before_it_is_saved()
    {
        await using var rig = await GatewayFixture.StartAsync();
        using var checkedText = await rig.SendAsync(HttpMethod.Post, "/api/v1/settings/config/check", Yaml("debug: maybe\n"));
        var check = await checkedText.JsonAsync();
        (check["usable"]!.GetValue<bool>(), check["problems"]![0]!["path"]!.GetValue<string>(), check["problems"]![0]!["line"]!.GetValue<int>()).ShouldBe((false, "debug", 1));
        using var broken = await rig.SendAsync(HttpMethod.Post, "/api/v1/settings/config/check", new ByteArrayContent([0x61, 0xC0, 0x62]));
        ((int)broken.StatusCode).ShouldBe(400);
        using var none = await rig.GetAsync("/api/v1/settings/history/4711");
        ((int)none.StatusCode).ShouldBe(404);
        using var unversioned = await rig.SendAsync(HttpMethod.Post, "/api/v1/settings/history/1/restore", null);
        ((int)unversioned.StatusCode).ShouldBe(400);
    }

    private static StringContent Yaml(string text) => new(text, Encoding.UTF8, "application/yaml");
}
