using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Dragoman.Server.Surfaces.CliProxy.Resp;
using Dragoman.Server.Tests.Support;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;

namespace Dragoman.Server.Tests.Surfaces.CliProxy;

/// <summary>The queue of usage over the Redis protocol on the surface's own port: wire note cliproxyapi 1.10.</summary>
[Trait("speed", "fast")]
public sealed class RespTests
{
    private const string Auth = "*2\r\n$4\r\nAUTH\r\n$20\r\n" + CliProxyFixture.Secret + "\r\n";

    [Fact]
    public async Task A_collector_signs_in_and_takes_records_oldest_first()
    {
        await using var rig = await CliProxyFixture.StartWithAsync(GatewayFixture.Everything);
        await AskModelAsync(rig, "claude-1");
        await AskModelAsync(rig, "chat-1");
        using var resp = await Resp.ConnectAsync(rig);
        (await resp.SayAsync("LPOP usage\r\n")).ShouldBe("-NOAUTH Authentication required.");
        (await resp.SayAsync("AUTH wrong\r\n")).ShouldBe("-ERR invalid management key");
        (await resp.SayAsync(Auth)).ShouldBe("+OK");
        JsonNode.Parse((await resp.SayAsync("*2\r\n$4\r\nLPOP\r\n$5\r\nusage\r\n"))!)!["alias"]!.GetValue<string>().ShouldBe("claude-1");
        JsonNode.Parse((await resp.SayAsync("RPOP usage\r\n"))!)!["alias"]!.GetValue<string>().ShouldBe("chat-1");
        (await resp.SayAsync("LPOP usage\r\n")).ShouldBeNull();
        (await resp.SayAsync("LPOP usage 5\r\n")).ShouldBe("*0");
    }

    [Fact]
    public async Task Every_collector_has_a_copy_by_its_name()
    {
        await using var rig = await CliProxyFixture.StartWithAsync(GatewayFixture.Everything);
        await AskModelAsync(rig, "claude-1");
        foreach (var name in (string[])["one", "two"])
        {
            using var resp = await Resp.ConnectAsync(rig);
            await resp.SayAsync(Auth);
            (await resp.SayAsync($"CLIENT SETNAME {name}\r\n")).ShouldBe("+OK");
            (await resp.SayAsync("LPOP usage 5\r\n")).ShouldBe("*1");
            (await resp.ReadAsync()).ShouldNotBeNull().ShouldContain("claude-1");
            (await resp.SayAsync("LPOP usage 5\r\n")).ShouldBe("*0");
        }

        // The queue of HTTP is another reader.
        (await rig.SendAsync("GET", "/usage-queue?count=5")).Json.AsArray().Count.ShouldBe(1);
    }

    [Fact]
    public async Task Records_are_sent_to_who_subscribes()
    {
        await using var rig = await CliProxyFixture.StartWithAsync(GatewayFixture.Everything);
        using var resp = await Resp.ConnectAsync(rig);
        await resp.SayAsync(Auth);
        (await resp.SayAsync("SUBSCRIBE other\r\n")).ShouldBe("-ERR unsupported channel 'other'");
        (await resp.SayAsync("SUBSCRIBE usage\r\n")).ShouldBe("*3");
        (await resp.ReadAsync()).ShouldBe("subscribe");
        (await resp.ReadAsync()).ShouldBe("usage");
        (await resp.ReadAsync()).ShouldBe(":1");
        (await resp.SayAsync("LPOP usage\r\n"))!.ShouldStartWith("-ERR Can't execute 'lpop'");
        await AskModelAsync(rig, "chat-1");
        (await resp.ReadAsync()).ShouldBe("*3");
        (await resp.ReadAsync()).ShouldBe("message");
        (await resp.ReadAsync()).ShouldBe("usage");
        JsonNode.Parse((await resp.ReadAsync())!)!["alias"]!.GetValue<string>().ShouldBe("chat-1");
        (await resp.SayAsync("UNSUBSCRIBE\r\n")).ShouldBe("*3");
        (await resp.ReadAsync()).ShouldBe("unsubscribe");
        (await resp.ReadAsync()).ShouldBe("usage");
        (await resp.ReadAsync()).ShouldBe(":0");
        (await resp.SayAsync("PING\r\n")).ShouldBe("+PONG");
        (await resp.SayAsync("QUIT\r\n")).ShouldBe("+OK");
        (await resp.IsClosedAsync()).ShouldBeTrue();
    }

    [Fact]
    public async Task A_command_may_come_torn_at_every_byte_or_with_others()
    {
        await using var rig = await CliProxyFixture.StartWithAsync(GatewayFixture.Everything);
        using var resp = await Resp.ConnectAsync(rig);
        foreach (var letter in Auth) await resp.WriteAsync(letter.ToString());
        (await resp.ReadAsync()).ShouldBe("+OK");
        (await resp.SayAsync("PING\r\n*2\r\n$4\r\nPING\r\n$2\r\nhi\r\nFLUSHALL\r\n\r\n")).ShouldBe("+PONG");
        (await resp.ReadAsync()).ShouldBe("hi");
        (await resp.ReadAsync()).ShouldBe("-ERR unknown command 'FLUSHALL'");
    }

    [Theory]
    [InlineData("*100000\r\n")]
    [InlineData("*1\r\n$99999999\r\n")]
    [InlineData("*1\r\n+OK\r\n")]
    [InlineData("*x\r\n")]
    public async Task What_is_no_command_ends_the_connection(string text)
    {
        await using var rig = await CliProxyFixture.StartWithAsync(GatewayFixture.Everything);
        using var resp = await Resp.ConnectAsync(rig);
        (await resp.SayAsync(text))!.ShouldStartWith("-ERR Protocol error");
        (await resp.IsClosedAsync()).ShouldBeTrue();
    }

    [Fact]
    public async Task Without_a_secret_it_is_closed_and_wrong_ones_lock_out()
    {
        await using (var rig = await CliProxyFixture.StartAsync(secret: null))
        {
            // Its first command is answered by the end.
            using var resp = await Resp.ConnectAsync(rig);
            (await resp.IsClosedAsync()).ShouldBeTrue();
        }

        await using var locked = await CliProxyFixture.StartAsync();
        using var guessing = await Resp.ConnectAsync(locked);
        for (var guess = 0; guess < 4; guess++) await guessing.SayAsync("*2\r\n$4\r\nAUTH\r\n$1\r\nx\r\n");
        (await guessing.SayAsync("AUTH x\r\n"))!.ShouldContain("Too many");
        (await guessing.IsClosedAsync()).ShouldBeTrue();
    }

    [Fact]
    public async Task From_another_machine_it_is_told_why_it_ends()
    {
        await using var rig = await CliProxyFixture.StartAsync();
        var connections = ActivatorUtilities.CreateInstance<RespConnections>(rig.Gateway.Services);
        var (gateways, collectors) = (new Pipe(), new Pipe());
        await using var connection = new DefaultConnectionContext("far", new Duplex(collectors.Reader, gateways.Writer), new Duplex(gateways.Reader, collectors.Writer)) { RemoteEndPoint = new IPEndPoint(IPAddress.Parse("192.0.2.7"), 40_000) };
        await connections.ServeAsync(connection);
        await gateways.Writer.CompleteAsync();
        var said = await gateways.Reader.ReadAtLeastAsync(1, TestContext.Current.CancellationToken);
        Encoding.ASCII.GetString(said.Buffer).ShouldBe("-ERR remote management disabled\r\n");
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    private static async Task AskModelAsync(CliProxyFixture rig, string model)
    {
        var answer = await rig.AskAsync("POST", "/v1/messages", new StringContent($$"""{"model":"{{model}}","max_tokens":20,"messages":[{"role":"user","content":"Hello"}]}""", Encoding.UTF8, "application/json"));
        answer.Status.ShouldBe(200, answer.Body);
    }

    /// <summary>A client that knows of the protocol what it takes to read it.</summary>
    private sealed class Resp : IDisposable
    {
        private readonly TcpClient _tcp = new();
        private StreamReader _reader = null!;

        public static async Task<Resp> ConnectAsync(CliProxyFixture rig)
        {
            var resp = new Resp();
            var address = rig.Gateway.Addresses[^1];
            await resp._tcp.ConnectAsync(address.Host, address.Port, TestContext.Current.CancellationToken);
            resp._tcp.NoDelay = true;
            resp._reader = new StreamReader(resp._tcp.GetStream(), Encoding.ASCII);
            // A line of words does not tell what is spoken; the first command of a client is an array.
            await resp.WriteAsync("*1\r\n$4\r\nPING\r\n");
            if (rig.HasSecret) (await resp.ReadAsync()).ShouldBe("-NOAUTH Authentication required.");
            return resp;
        }

        public Task WriteAsync(string text) => _tcp.GetStream().WriteAsync(Encoding.UTF8.GetBytes(text), TestContext.Current.CancellationToken).AsTask();

        public async Task<string?> SayAsync(string text)
        {
            await WriteAsync(text);
            return await ReadAsync();
        }

        /// <summary>A line, or the text of a bulk string; null for none.</summary>
        public async Task<string?> ReadAsync()
        {
            var line = await _reader.ReadLineAsync(TestContext.Current.CancellationToken);
            if (line is null || line[0] != '$') return line;
            return line == "$-1" ? null : await _reader.ReadLineAsync(TestContext.Current.CancellationToken);
        }

        /// <summary>Whether it has ended, and in order: a reset would throw away what was said before.</summary>
        public async Task<bool> IsClosedAsync() => await _reader.ReadLineAsync(TestContext.Current.CancellationToken) is null;

        public void Dispose()
        {
            _reader.Dispose();
            _tcp.Dispose();
        }
    }
}
