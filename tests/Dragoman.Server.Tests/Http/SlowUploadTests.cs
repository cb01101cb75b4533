using System.Net.Sockets;
using System.Text;
using Dragoman.Server.Hosting;
using Dragoman.Server.Tests.Forwarding;
using Dragoman.Server.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace Dragoman.Server.Tests.Http;

/// <summary>
/// A client behind a poor line: far below any average, and yet it goes on. The HTTP server's own clock cannot be turned by a test, so this one takes its
/// time: the server's average (240 bytes a second) is looked at after five seconds.
/// </summary>
public sealed class SlowUploadTests
{
    [Theory]
    [InlineData("/v1/chat/completions", false)]
    [InlineData("/v1/messages", true)]
    public async Task A_slow_upload_that_goes_on_is_not_cut(string path, bool chunked)
    {
        await using var upstream = await RawUpstream.StartAsync((context, _) => context.SayAsync(200, RawAnswers.ChatWhole));
        await using var gateway = await FailureTests.OneAsync(upstream);
        using var client = new TcpClient();
        await client.ConnectAsync(gateway.Address.Host, gateway.Address.Port);
        var stream = client.GetStream();
        var body = Talk.Messages("m");
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n{(chunked ? "Transfer-Encoding: chunked" : $"Content-Length: {body.Length}")}\r\n\r\n"));
        for (var at = 0; at < body.Length; at += 10)
        {
            var piece = body[at..Math.Min(at + 10, body.Length)];
            await stream.WriteAsync(Encoding.ASCII.GetBytes(chunked ? $"{piece.Length:x}\r\n{piece}\r\n" : piece));
            await Task.Delay(1000);
        }

        if (chunked) await stream.WriteAsync("0\r\n\r\n"u8.ToArray());
        using var reader = new StreamReader(stream);
        var answer = await reader.ReadToEndAsync();
        answer.ShouldStartWith("HTTP/1.1 200");
        answer.ShouldContain("fine");
    }

    [Fact]
    public void A_socket_whose_client_says_nothing_and_answers_no_ping_is_ended()
    {
        GatewayHost.SocketPings.KeepAliveInterval.ShouldBe(TimeSpan.FromSeconds(30));
        GatewayHost.SocketPings.KeepAliveTimeout.ShouldBe(TimeSpan.FromMinutes(2));
    }
}
