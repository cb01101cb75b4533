using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Dragoman.Testing;

/// <summary>An upstream that says exactly what a test wants, byte for byte, and nothing clever.</summary>
public sealed class RawUpstream : IAsyncDisposable
{
    /// <summary>Where a handler finds the body of its request.</summary>
    public const string BodyItem = "body";

    private readonly WebApplication _app;
    private int _calls;

    private RawUpstream(WebApplication app) => _app = app;

    /// <summary>How many requests came.</summary>
    public int Calls => Volatile.Read(ref _calls);

    /// <summary>Ends when a caller goes away before its answer is whole.</summary>
    public TaskCompletionSource Aborted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The bodies of the requests, in order.</summary>
    public List<string> Bodies { get; } = [];

    public string Address => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

    /// <summary>Starts it; the handler gets the number of the call, from 1.</summary>
    public static async Task<RawUpstream> StartAsync(Func<HttpContext, int, Task> handle)
    {
        // The slim one watches its folder for settings, which takes one of the user's 128 inotify instances.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0);
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Limits.MaxRequestBodySize = null;
        });
        builder.Services.Configure<Microsoft.Extensions.Hosting.HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromMilliseconds(100));
        var app = builder.Build();
        var upstream = new RawUpstream(app);
        app.Run(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            var body = await reader.ReadToEndAsync();
            context.Items[BodyItem] = body;
            int number;
            lock (upstream.Bodies)
            {
                upstream.Bodies.Add(body);
                number = ++upstream._calls;
            }

            using var gone = context.RequestAborted.Register(() => upstream.Aborted.TrySetResult());
            try
            {
                await handle(context, number);
            }
            catch (OperationCanceledException)
            {
                // The caller left.
            }
        });
        await app.StartAsync();
        return upstream;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}

/// <summary>Short words for what raw upstreams say.</summary>
public static class RawAnswers
{
    public const string ChatWhole = """{"id":"c1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"fine"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}""";

    public const string ChatDelta = "data: {\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"fi\"},\"finish_reason\":null}]}\n\n";

    public const string ChatEnd = "data: {\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"ne\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";

    public static async Task SayAsync(this HttpContext context, int status, string body, string contentType = "application/json", params (string Name, string Value)[] headers)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = contentType;
        foreach (var (name, value) in headers) context.Response.Headers[name] = value;
        await context.Response.WriteAsync(body);
    }

    public static Task OpenStreamAsync(this HttpContext context)
    {
        context.Response.ContentType = "text/event-stream";
        return context.Response.Body.FlushAsync();
    }

    public static async Task SendAsync(this HttpContext context, string part)
    {
        await context.Response.WriteAsync(part, context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
    }
}
