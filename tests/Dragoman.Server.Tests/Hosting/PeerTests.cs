using System.Net;
using System.Net.Sockets;
using System.Text;
using Dragoman.Server.Hosting;
using Dragoman.Server.Tests.Api.Responses;
using Dragoman.Server.Tests.Forwarding;
using Dragoman.Server.Tests.Support;
using Microsoft.Extensions.Logging;

namespace Dragoman.Server.Tests.Hosting;

/// <summary>Peers that stop in the middle, that are too many, or that do not speak HTTP properly.</summary>
public sealed class PeerTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_body_that_stops_is_given_up_however_much_of_it_came()
    {
        await using var upstream = await RawUpstream.StartAsync((context, _) => context.SayAsync(200, RawAnswers.ChatWhole));
        var clock = new ShiftedTimeProvider(TimeSpan.FromSeconds(30));
        await using var gateway = await StartAsync(upstream, "limits: { client-read-timeout-seconds: 600 }\n", clock);
        using var client = await ConnectAsync(gateway);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 8000000\r\n\r\n{\"model\":\"m\",\"x\":\""));
        await stream.WriteAsync(Encoding.ASCII.GetBytes(new string('x', 6_000_000)));
        await Poll.UntilAsync(() => gateway.Memory.Used > 6_000_000);
        clock.Turn(TimeSpan.FromSeconds(600));
        var answer = await ReadAsync(stream);
        answer.ShouldStartWith("HTTP/1.1 408");
        answer.ShouldContain("limits.client-read-timeout-seconds");
        await Poll.UntilAsync(() => gateway.Memory.Used == 0);
        upstream.Calls.ShouldBe(0);
    }

    [Theory]
    [InlineData("/v1/chat/completions")]
    [InlineData("/v1/messages")]
    public async Task A_client_that_takes_nothing_of_a_whole_answer_is_cut_off(string path)
    {
        var large = RawAnswers.ChatWhole.Replace("fine", new string('x', 30_000_000), StringComparison.Ordinal);
        await using var upstream = await RawUpstream.StartAsync((context, _) => context.SayAsync(200, large));
        var clock = new ShiftedTimeProvider(TimeSpan.FromSeconds(550));
        await using var gateway = await StartAsync(upstream, "streaming: { client-write-timeout-seconds: 600 }\n", clock);
        using var client = await ConnectAsync(gateway);
        var body = Talk.Messages("m");
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}"));
        await Poll.UntilAsync(() => client.Available > 100_000);
        var seen = -1;
        await Poll.UntilAsync(() => Stays(ref seen, client.Available), every: TimeSpan.FromMilliseconds(100));
        gateway.OpenRequests.ShouldBe(1);
        clock.Turn(TimeSpan.FromSeconds(601));
        await Poll.UntilAsync(() => gateway.OpenRequests == 0);
        gateway.Memory.Used.ShouldBe(0);
    }

    [Theory]
    [InlineData("Content-Length: 5x\r\n\r\nhello")]
    [InlineData("Content-Length: +5\r\n\r\nhello")]
    [InlineData("Content-Length: -5\r\n\r\nhello")]
    [InlineData("Content-Length: 99999999999999999999\r\n\r\nhello")]
    [InlineData("Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFFFFF\r\nhello")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n7FFFFFFFFFFFFFFFF\r\nhello")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\nxyz\r\nhello")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n-5\r\nhello")]
    [InlineData("Transfer-Encoding: gzip\r\n\r\nhello")]
    public async Task Wrong_framing_is_the_clients_fault(string rest)
    {
        await using var upstream = await RawUpstream.StartAsync((context, _) => context.SayAsync(200, RawAnswers.ChatWhole));
        await using var gateway = await StartAsync(upstream, "", TimeProvider.System);
        using var client = await ConnectAsync(gateway);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n{rest}"));
        (await FirstAsync(client.GetStream())).ShouldStartWith("HTTP/1.1 4");
        upstream.Calls.ShouldBe(0);
    }

    [Fact]
    public async Task More_connections_than_may_be_are_told_so_and_places_come_free_again()
    {
        await using var upstream = await RawUpstream.StartAsync((context, _) => context.SayAsync(200, RawAnswers.ChatWhole));
        await using var gateway = await StartAsync(upstream, "limits: { max-connections: 4 }\n", TimeProvider.System);
        var held = new List<TcpClient>();
        for (var i = 0; i < 4; i++)
        {
            held.Add(await ConnectAsync(gateway));
            await held[i].GetStream().WriteAsync("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray());
            (await FirstAsync(held[i].GetStream())).ShouldStartWith("HTTP/1.1 200");
        }

        using (var refused = await ConnectAsync(gateway))
        {
            await refused.GetStream().WriteAsync("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray());
            var answer = await ReadAsync(refused.GetStream());
            answer.ShouldStartWith("HTTP/1.1 503");
            answer.ShouldContain("Retry-After");
        }

        held[0].Dispose();
        await Poll.UntilAsync(async () =>
        {
            using var next = await ConnectAsync(gateway);
            await next.GetStream().WriteAsync("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray());
            return (await FirstAsync(next.GetStream())).StartsWith("HTTP/1.1 200", StringComparison.Ordinal);
        });
        foreach (var client in held) client.Dispose();
    }

    [Theory]
    [InlineData(0, 1_024L, 384)]
    [InlineData(0, 64L, 16)]
    [InlineData(0, null, int.MaxValue)]
    [InlineData(100, 1_024L, 100)]
    [InlineData(5_000, 1_024L, 384)]
    public void Connections_are_bounded_below_the_limit_of_open_files(int configured, long? files, int most)
        => ConnectionLimit.For(configured, files).ShouldBe(most);

    [Theory]
    [InlineData("/v1/chat/completions", "data: {\"error\"")]
    [InlineData("/v1/messages", "event: error")]
    [InlineData("/v1/responses", "response.failed")]
    [InlineData("/v1beta/models/m:streamGenerateContent?alt=sse", "{\"error\"")]
    public async Task A_stop_in_a_hurry_ends_streams_with_an_event_in_the_clients_language(string path, string last)
    {
        await using var upstream = await RawUpstream.StartAsync(async (context, _) =>
        {
            await context.OpenStreamAsync();
            await context.SendAsync(RawAnswers.ChatDelta);
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        await using var gateway = await StartAsync(upstream, "", TimeProvider.System);
        using var http = new HttpClient { BaseAddress = gateway.Address };
        var body = path switch { "/v1/messages" => Talk.Messages("m", stream: true), "/v1/responses" => Talk.Responses("m", stream: true), _ when path.StartsWith("/v1beta", StringComparison.Ordinal) => Talk.Gemini(), _ => Talk.Chat("m", stream: true) };
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());
        var begun = "";
        while (!begun.Contains("fi", StringComparison.Ordinal)) begun += await reader.ReadLineAsync();
        using var hurry = new CancellationTokenSource();
        var stopping = gateway.StopAsync(hurry.Token);
        await hurry.CancelAsync();
        // To its end without a break of the connection: the client's own reading would throw.
        var rest = await reader.ReadToEndAsync();
        rest.ShouldContain(last);
        rest.ShouldContain("shutting down");
        await stopping;
    }

    private static Task<GatewayHost> StartAsync(RawUpstream upstream, string more, TimeProvider time) => GatewayHost.StartAsync(new StartOptions
    {
        ConfigText = FailureTests.Account("one", upstream.Address, "k") + more,
        Port = 0,
        LogLevel = LogLevel.None,
        Time = time,
    });

    private static async Task<TcpClient> ConnectAsync(GatewayHost gateway)
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, gateway.Address.Port);
        return client;
    }

    private static async Task<string> FirstAsync(NetworkStream stream)
    {
        var buffer = new byte[4_096];
        return Encoding.UTF8.GetString(buffer, 0, await stream.ReadAsync(buffer).AsTask().WaitAsync(Long));
    }

    /// <summary>All there is until the gateway closes, or a whole answer has come.</summary>
    private static async Task<string> ReadAsync(NetworkStream stream)
    {
        var text = new StringBuilder();
        var buffer = new byte[16 * 1024];
        try
        {
            for (int count; (count = await stream.ReadAsync(buffer).AsTask().WaitAsync(Long)) > 0;)
            {
                text.Append(Encoding.UTF8.GetString(buffer, 0, count));
                if (text.ToString().Contains("\r\n\r\n", StringComparison.Ordinal) && text[^1] is '}' or '.') break;
            }
        }
        catch (IOException)
        {
            // Closed while it was still read: what came counts.
        }

        return text.ToString();
    }

    private static bool Stays(ref int seen, int now)
    {
        var same = seen == now;
        seen = now;
        return same;
    }
}
