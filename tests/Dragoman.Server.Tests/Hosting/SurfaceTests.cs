using System.Net;
using System.Text.Json.Nodes;
using Dragoman.Server.Tests.Support;

namespace Dragoman.Server.Tests.Hosting;

/// <summary>A listener serves the clients' routes and those of its own surface, and no other surface's.</summary>
[Trait("speed", "fast")]
public sealed class SurfaceTests
{
    [Theory]
    [InlineData("GET", "/api/v1/version")]
    [InlineData("GET", "/api/v1/accounts/none")]
    [InlineData("DELETE", "/api/v1/version")]
    [InlineData("GET", "/api/v1/openapi.json")]
    [InlineData("GET", "/api/v1/nothing")]
    public async Task The_management_api_is_not_on_the_listener_of_another_surface(string method, string path)
    {
        await using var rig = await GatewayFixture.StartAsync("listeners:\n  - surface: dragoman\n  - { surface: kiro, port: 0 }\n");
        rig.Gateway.Addresses.Count.ShouldBe(2);
        var (own, other) = (await AskAsync(rig.Gateway.Addresses[0], method, path), await AskAsync(rig.Gateway.Addresses[1], method, path));
        other.Status.ShouldBe(HttpStatusCode.NotFound);
        JsonNode.Parse(other.Body)!["error"]!["code"]!.GetValue<string>().ShouldBe("not_found");
        if (path == "/api/v1/version") own.Status.ShouldBe(method == "GET" ? HttpStatusCode.OK : HttpStatusCode.MethodNotAllowed);
    }

    [Fact]
    public async Task Clients_are_served_on_every_surface()
    {
        await using var rig = await GatewayFixture.StartAsync("listeners:\n  - surface: dragoman\n  - { surface: kiro, port: 0 }\n");
        foreach (var address in rig.Gateway.Addresses)
        {
            (await AskAsync(address, "GET", "/v1/models")).Body.ShouldContain("claude-1");
            (await AskAsync(address, "GET", "/health")).Status.ShouldBe(HttpStatusCode.OK);
        }
    }

    /// <summary>Routes of other surfaces are looked up when the gateway's own have none: the answer to a wrong method is the same whoever has the address.</summary>
    [Theory]
    [InlineData("GET", "/api/kiro/login/status", HttpStatusCode.OK)]
    [InlineData("DELETE", "/health", HttpStatusCode.MethodNotAllowed)]
    [InlineData("DELETE", "/api/kiro/login/status", HttpStatusCode.MethodNotAllowed)]
    [InlineData("GET", "/api/kiro/login/status/none", HttpStatusCode.NotFound)]
    public async Task Behind_the_own_routes_are_those_of_other_surfaces(string method, string path, HttpStatusCode expected)
    {
        await using var rig = await GatewayFixture.StartAsync();
        (await AskAsync(rig.Gateway.Address, method, path)).Status.ShouldBe(expected);
    }

    private static async Task<(HttpStatusCode Status, string Body)> AskAsync(Uri address, string method, string path)
    {
        using var http = new HttpClient { BaseAddress = address };
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
