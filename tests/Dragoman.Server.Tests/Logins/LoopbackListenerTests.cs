using System.Net;
using System.Net.Sockets;
using Dragoman.Management.Hosting;
using Dragoman.Server.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Dragoman.Server.Tests.Logins;

/// <summary>Listeners on ports that vendors fix.</summary>
[Trait("speed", "fast")]
public sealed class LoopbackListenerTests
{
    [Fact]
    public async Task A_port_is_open_while_somebody_waits_and_serves_only_the_page()
    {
        await using var rig = await GatewayFixture.StartAsync();
        var listeners = rig.Gateway.Services.GetRequiredService<ILoopbackListeners>();
        var port = FreePort();
        var one = await listeners.OpenAsync([port], default);
        var two = await listeners.OpenAsync([port], default);
        (one.Port, two.Port, one.Problem).ShouldBe((port, port, null));
        using var browser = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        using (var page = await browser.GetAsync("/auth/callback?code=x&state=y")) (await page.Content.ReadAsStringAsync()).ShouldContain("Nothing waits for this sign-in");
        using (var post = await browser.PostAsync("/auth/callback", null)) post.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        using (var rebound = new HttpRequestMessage(HttpMethod.Get, "/auth/callback?code=x&state=y") { Headers = { Host = "evil.example" } })
        using (var answer = await browser.SendAsync(rebound)) answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        await one.DisposeAsync();
        await one.DisposeAsync();
        using (var still = await browser.GetAsync("/auth/callback")) still.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        await two.DisposeAsync();
        await Should.ThrowAsync<HttpRequestException>(() => browser.GetAsync("/auth/callback"));
    }

    [Fact]
    [Trait("check", "codex 4")]
    public async Task A_port_that_is_in_use_is_left_alone_and_said()
    {
        await using var rig = await GatewayFixture.StartAsync();
        var listeners = rig.Gateway.Services.GetRequiredService<ILoopbackListeners>();
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var (taken, free) = (((IPEndPoint)other.LocalEndpoint).Port, FreePort());
        await using (var second = await listeners.OpenAsync([taken, free], default)) second.Port.ShouldBe(free);
        await using var none = await listeners.OpenAsync([taken], default);
        (none.Port, none.Problem).ShouldBe((null, $"Port {taken} of this machine is in use by another program."));
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
