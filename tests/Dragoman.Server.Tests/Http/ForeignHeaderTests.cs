using System.Net;
using System.Net.Sockets;
using System.Text;
using Dragoman.Server.Hosting;
using Dragoman.Server.Tests.Forwarding;
using Dragoman.Server.Tests.Support;
using Microsoft.Extensions.Logging;

namespace Dragoman.Server.Tests.Http;

/// <summary>Headers of others may hold any byte. None of them makes an answer that was paid for a failure.</summary>
[Trait("speed", "fast")]
public sealed class ForeignHeaderTests
{
    private const string Stream = "data: {\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"fine\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";

    [Theory]
    [InlineData("/v1/chat/completions", false)]
    [InlineData("/v1/chat/completions", true)]
    [InlineData("/v1/messages", false)]
    [InlineData("/v1/messages", true)]
    [InlineData("/v1/responses", true)]
    public async Task An_upstreams_odd_header_values_reach_the_client_clean(string path, bool stream)
    {
        await using var upstream = new BytesUpstream(stream ? "text/event-stream" : "application/json", stream ? Stream : RawAnswers.ChatWhole);
        await using var gateway = await StartAsync(upstream, "passthrough-headers: true\n");
        using var http = new HttpClient { BaseAddress = gateway.Address };
        var body = path switch { "/v1/messages" => Talk.Messages("m", stream: stream), "/v1/responses" => Talk.Responses("m", stream: stream), _ => Talk.Chat("m", stream: stream) };
        using var answer = await http.PostAsync(path, new StringContent(body, Encoding.UTF8, "application/json"));
        ((int)answer.StatusCode).ShouldBe(200, await answer.TextAsync());
        (await answer.TextAsync()).ShouldContain("fine");
        answer.Header("x-request-id").ShouldBe("id-?-?-?");
        answer.Header("x-ratelimit-limit-requests").ShouldBe("1?0");
        answer.Header("x-odd").ShouldBe("M?nchen?");
    }

    [Fact]
    public async Task An_error_with_odd_headers_is_told_as_what_it_is()
    {
        await using var upstream = new BytesUpstream("application/json", """{"error":{"message":"No such thing.","type":"invalid_request_error"}}""", "400 Bad");
        await using var gateway = await StartAsync(upstream);
        using var http = new HttpClient { BaseAddress = gateway.Address };
        using var answer = await http.PostAsync("/v1/messages", new StringContent(Talk.Messages("m"), Encoding.UTF8, "application/json"));
        ((int)answer.StatusCode).ShouldBe(400);
        answer.Header("request-id").ShouldBe("id-?-?-?");
        (await answer.TextAsync()).ShouldContain("No such thing.");
    }

    [Fact]
    public async Task A_clients_odd_header_values_are_clean_on_their_way_to_the_upstream()
    {
        await using var upstream = new BytesUpstream("application/json", RawAnswers.ChatWhole);
        await using var gateway = await StartAsync(upstream);
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, gateway.Address.Port);
        var body = Talk.Chat("m");
        var request = $"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\nOriginator: caf\u00e9\u001b\r\nContent-Length: {body.Length}\r\n\r\n{body}";
        await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(request));
        using var reader = new StreamReader(client.GetStream(), Encoding.Latin1);
        var answer = await reader.ReadToEndAsync();
        // A server may refuse a control character in a request; it must not fail over it.
        answer.ShouldMatch("^HTTP/1.1 (200|400) ");
        if (upstream.Received.Length > 0) upstream.Received.ShouldContain("originator: caf?", Case.Insensitive);
    }

    private static Task<GatewayHost> StartAsync(BytesUpstream upstream, string more = "") => GatewayHost.StartAsync(new StartOptions
    {
        ConfigText = FailureTests.Account("M\u00fcnchen", upstream.Address, "k") + "request-retry: 0\n" + more,
        Port = 0,
        LogLevel = LogLevel.None,
    });

    /// <summary>An upstream that writes header bytes that no HTTP server would.</summary>
    private sealed class BytesUpstream : IAsyncDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly CancellationTokenSource _closing = new();
        private readonly Task _serving;

        public BytesUpstream(string type, string body, string status = "200 OK")
        {
            _listener.Start();
            _serving = ServeAsync(Encoding.Latin1.GetBytes($"HTTP/1.1 {status}\r\nContent-Type: {type}\r\nConnection: close\r\nx-request-id: id-\u00fc-\u001b-\u007f\r\nx-ratelimit-limit-requests: 1\u001b0\r\nx-odd: M\u00fcnchen\u0080\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n"), Encoding.UTF8.GetBytes(body));
        }

        public string Address => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

        public string Received { get; private set; } = "";

        public async ValueTask DisposeAsync()
        {
            await _closing.CancelAsync();
            _listener.Stop();
            await _serving;
            _closing.Dispose();
        }

        private async Task ServeAsync(byte[] head, byte[] body)
        {
            try
            {
                while (true)
                {
                    using var client = await _listener.AcceptTcpClientAsync(_closing.Token);
                    var stream = client.GetStream();
                    var buffer = new byte[64 * 1024];
                    var read = "";
                    while (!IsWhole(read)) read += Encoding.Latin1.GetString(buffer, 0, await stream.ReadAsync(buffer, _closing.Token));
                    Received = read;
                    await stream.WriteAsync(head, _closing.Token);
                    await stream.WriteAsync(body, _closing.Token);
                }
            }
            catch (Exception ex) when (ex is OperationCanceledException or SocketException or IOException or ObjectDisposedException)
            {
                // The test is over.
            }
        }

        private static bool IsWhole(string request)
        {
            var end = request.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (end < 0) return false;
            var length = request.Split("\r\n").First(line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase)).Split(':')[1];
            return request.Length - end - 4 >= int.Parse(length, System.Globalization.CultureInfo.InvariantCulture);
        }
    }
}
