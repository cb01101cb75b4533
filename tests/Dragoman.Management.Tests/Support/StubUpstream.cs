using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Dragoman.Management.Tests.Support;

/// <summary>An upstream of the Chat Completions protocol on loopback, which answers as a test wants.</summary>
internal sealed class StubUpstream : IDisposable
{
    public const string Answer = """{"id":"c1","object":"chat.completion","created":1,"model":"m-mini","choices":[{"index":0,"message":{"role":"assistant","content":"fine"},"finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":1,"total_tokens":10}}""";

    private readonly HttpListener _listener = new();

    public StubUpstream()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        var port = ((IPEndPoint)probe.LocalEndpoint).Port;
        probe.Stop();
        Address = $"http://127.0.0.1:{port}/v1";
        _listener.Prefixes.Add($"http://127.0.0.1:{port}/");
        _listener.Start();
        _ = ServeAsync();
    }

    public string Address { get; }

    /// <summary>The status and the body of every answer.</summary>
    public (int Status, string Body) Reply { get; set; } = (200, Answer);

    /// <summary>How many calls came.</summary>
    public int Calls { get; private set; }

    public void Dispose() => _listener.Close();

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                var context = await _listener.GetContextAsync();
                Calls++;
                var body = Encoding.UTF8.GetBytes(Reply.Body);
                context.Response.StatusCode = Reply.Status;
                context.Response.ContentType = "application/json";
                context.Response.ContentLength64 = body.Length;
                await context.Response.OutputStream.WriteAsync(body);
                context.Response.Close();
            }
        }
        catch (Exception ex) when (ex is HttpListenerException or ObjectDisposedException or InvalidOperationException)
        {
            // The test is over.
        }
    }
}
