using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Dragoman.Server.Tests.Observability;

/// <summary>Stands before an upstream, passes everything on, and shows what came.</summary>
internal sealed class PassingUpstream : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpClient _http;

    private PassingUpstream(WebApplication app, HttpClient http)
    {
        _app = app;
        _http = http;
    }

    public string Address => _app.Urls.First();

    public static async Task<PassingUpstream> StartAsync(Uri behind, Action<HttpRequest> seen)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var upstream = new PassingUpstream(builder.Build(), new HttpClient { BaseAddress = behind });
        upstream._app.Run(async context =>
        {
            seen(context.Request);
            using var passed = new HttpRequestMessage(new HttpMethod(context.Request.Method), context.Request.Path + context.Request.QueryString) { Content = new StreamContent(context.Request.Body) };
            passed.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(context.Request.ContentType ?? "application/json");
            foreach (var (name, value) in context.Request.Headers)
            {
                if (name is "Authorization" or "x-api-key" or "anthropic-version") passed.Headers.TryAddWithoutValidation(name, value.ToString());
            }

            using var answer = await upstream._http.SendAsync(passed);
            context.Response.StatusCode = (int)answer.StatusCode;
            context.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
            await answer.Content.CopyToAsync(context.Response.Body);
        });
        await upstream._app.StartAsync();
        return upstream;
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _app.DisposeAsync();
    }
}
