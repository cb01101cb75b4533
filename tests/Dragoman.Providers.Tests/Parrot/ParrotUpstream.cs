using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Dragoman.Providers.Tests.Parrot;

/// <summary>The vendor over real HTTP: it repeats the last message, in its envelope, whole or word by word.</summary>
internal sealed class ParrotUpstream : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ParrotUpstream(WebApplication app) => _app = app;

    public string Address => _app.Urls.First();

    /// <summary>What came, each with the key that it carried.</summary>
    public List<(string? Key, JsonNode Body)> Requests { get; } = [];

    /// <summary>The key that is accepted.</summary>
    public string Key { get; set; } = "a-parrots-secret-key";

    public static async Task<ParrotUpstream> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var upstream = new ParrotUpstream(builder.Build());
        upstream._app.Run(upstream.AnswerAsync);
        await upstream._app.StartAsync();
        return upstream;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var key = context.Request.Headers["x-parrot-key"].ToString();
        if (context.Request.Path != "/repeat")
        {
            context.Response.StatusCode = 404;
            return;
        }

        var body = (await JsonNode.ParseAsync(context.Request.Body))!;
        lock (Requests) Requests.Add((key, body));
        if (key != Key)
        {
            context.Response.StatusCode = 401;
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync($$$"""{"error":{"message":"token expired: {{{key}}}","type":"authentication_error"}}""");
            return;
        }

        var words = (string)body["request"]!["messages"]!.AsArray()[^1]!["content"]!;
        if (words == "good night")
        {
            context.Response.StatusCode = 429;
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync("""{"error":{"message":"It sleeps.","type":"rate_limit_error"},"state":"asleep"}""");
        }
        else if (context.Request.QueryString.HasValue)
        {
            await StreamAsync(context.Response, words);
        }
        else
        {
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync($$$$"""{"feathers":3,"response":{"id":"c1","object":"chat.completion","created":1,"model":"parrot-1","choices":[{"index":0,"message":{"role":"assistant","content":"{{{{words}}}}"},"finish_reason":"stop"}],"usage":{"prompt_tokens":5,"completion_tokens":7,"total_tokens":12}}}""");
        }
    }

    private static async Task StreamAsync(HttpResponse response, string words)
    {
        response.ContentType = "text/event-stream";
        foreach (var word in words.Split(' '))
        {
            // Torn in the middle of an event.
            await response.WriteAsync("""data: {"feathers":3,"response":{"id":"c1","object":"chat.completion.chunk","created":1,"model":"parrot-1","choices":[{"index":0,""");
            await response.Body.FlushAsync();
            await response.WriteAsync($$$$"""
                "delta":{"content":"{{{{word}}}} "}}]}}


                """);
            await response.Body.FlushAsync();
        }

        await response.WriteAsync("""
            data: {"response":{"id":"c1","object":"chat.completion.chunk","created":1,"model":"parrot-1","choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":{"prompt_tokens":5,"completion_tokens":7,"total_tokens":12}},"feathers":2}

            data: [DONE]


            """);
    }
}
