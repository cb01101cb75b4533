using System.Net;
using System.Net.Sockets;
using System.Text;
using Dragoman.Server.Tests.Support;

namespace Dragoman.Server.Tests.Hosting;

/// <summary>HTTP/2 without TLS, with prior knowledge (RFC 9113 3.3), on the ports that speak HTTP/1.1: what the AWS SDK for JavaScript speaks by itself.</summary>
public sealed class Http2Tests
{
    private static readonly byte[] Preface = [.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, 0, 0, 0, 4, 0, 0, 0, 0, 0];

    [Theory]
    [InlineData("")]
    [InlineData("listeners: [ { surface: cliproxy, port: 0 } ]\n")]
    [InlineData("listeners: [ { surface: bedrock, port: 0 } ]\n")]
    public async Task Requests_are_answered_whole_and_streamed(string listeners)
    {
        await using var rig = await GatewayFixture.StartAsync(listeners);
        rig.Gateway.Addresses.ShouldHaveSingleItem().Port.ShouldBeGreaterThan(0);
        using var http = Client();
        using var whole = await SendAsync(http, rig, HttpVersion.Version20, Talk.Chat("chat-1", "say:hello"));
        (whole.Version, whole.StatusCode).ShouldBe((HttpVersion.Version20, HttpStatusCode.OK));
        (await whole.Content.ReadAsStringAsync()).ShouldContain("hello");
        using var streamed = await SendAsync(http, rig, HttpVersion.Version20, Talk.Chat("claude-1", "say:hello", stream: true));
        (await streamed.Content.ReadAsStringAsync()).TrimEnd().ShouldEndWith("data: [DONE]");
        using var refused = await SendAsync(http, rig, HttpVersion.Version20, Talk.Chat("nothing"));
        refused.StatusCode.ShouldBe(HttpStatusCode.NotFound);

        using var older = await SendAsync(http, rig, HttpVersion.Version11, Talk.Chat("chat-1", "say:hello"));
        (older.Version, older.StatusCode).ShouldBe((HttpVersion.Version11, HttpStatusCode.OK));
    }

    [Fact]
    public async Task Many_streams_of_one_connection_are_answered_at_once()
    {
        await using var rig = await GatewayFixture.StartAsync();
        using var http = Client();
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(async number =>
        {
            using var answer = await SendAsync(http, rig, HttpVersion.Version20, Talk.Chat("chat-1", $"say:number {number}."));
            return await answer.Content.ReadAsStringAsync();
        }));
        for (var number = 0; number < 20; number++) answers[number].ShouldContain($"number {number}.");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(20)]
    public async Task The_preface_may_come_in_pieces(int cut)
    {
        await using var rig = await GatewayFixture.StartAsync();
        using var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(IPAddress.Loopback, rig.Gateway.Address.Port);
        var stream = client.GetStream();
        await stream.WriteAsync(Preface.AsMemory(0, cut));
        await stream.FlushAsync();
        await stream.WriteAsync(Preface.AsMemory(cut));
        var answer = new byte[9];
        await stream.ReadExactlyAsync(answer);
        answer[3].ShouldBe((byte)4, "the server's settings");
    }

    [Fact]
    public async Task What_begins_with_the_same_letter_is_HTTP_1_though_it_comes_in_pieces()
    {
        await using var rig = await GatewayFixture.StartAsync();
        using var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(IPAddress.Loopback, rig.Gateway.Address.Port);
        var stream = client.GetStream();
        foreach (var piece in (string[])["P", "R", "OPFIND /v1/models HTTP/1.1\r\n", "Host: localhost\r\nConnection: close\r\n\r\n"])
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(piece));
            await stream.FlushAsync();
        }

        using var reader = new StreamReader(stream);
        (await reader.ReadToEndAsync()).ShouldStartWith("HTTP/1.1 405 ");
    }

    [Fact]
    public async Task An_open_stream_is_let_finish_when_the_gateway_stops()
    {
        await using var rig = await GatewayFixture.StartAsync();
        using var http = Client();
        using var streamed = await SendAsync(http, rig, HttpVersion.Version20, Talk.Chat("chat-1", "say:hello", stream: true));
        var reading = streamed.Content.ReadAsStringAsync();
        await rig.Gateway.StopAsync();
        (await reading).TrimEnd().ShouldEndWith("data: [DONE]");
    }

    private static HttpClient Client() => new() { Timeout = TimeSpan.FromSeconds(60) };

    private static async Task<HttpResponseMessage> SendAsync(HttpClient http, GatewayFixture rig, Version version, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(rig.Gateway.Address, "/v1/chat/completions"))
        {
            Version = version, VersionPolicy = HttpVersionPolicy.RequestVersionExact, Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }
}
