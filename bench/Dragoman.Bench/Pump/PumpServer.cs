using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Dragoman.Bench.Pump;

/// <summary>
/// The floor: a slim Kestrel host without routing, and a loop that reads from the upstream, writes and flushes. It knows no language,
/// keeps no account of anything and cannot fail over; what a gateway costs is told in multiples of it.
/// </summary>
internal static class PumpServer
{
    public static async Task<int> RunAsync(Arguments arguments)
    {
        var port = arguments.Number("port", 9101);
        var to = arguments.Needed("to").TrimEnd('/');
        var tied = arguments.Has("tied");
        arguments.Finish();
        using var invoker = new HttpMessageInvoker(new SocketsHttpHandler
        {
            AllowAutoRedirect = false, AutomaticDecompression = DecompressionMethods.None, UseCookies = false, UseProxy = false, ActivityHeadersPropagator = null,
        });
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Listen(IPAddress.Loopback, port);
        });
        await using var app = builder.Build();
        app.Run(context => PumpAsync(context, invoker, to));
        await app.StartAsync();
        if (tied) ParentTie.Start();
        Console.WriteLine($"pump listens on http://127.0.0.1:{port} and pumps to {to}");
        await app.WaitForShutdownAsync();
        return 0;
    }

    private static async Task PumpAsync(HttpContext context, HttpMessageInvoker invoker, string to)
    {
        var asked = context.Request;
        using var request = new HttpRequestMessage(new HttpMethod(asked.Method), to + asked.Path.Value + asked.QueryString.Value) { Content = new BodyContent(asked) };
        if (asked.Headers.Authorization.Count > 0) request.Headers.TryAddWithoutValidation("Authorization", asked.Headers.Authorization.ToString());
        using var response = await invoker.SendAsync(request, context.RequestAborted);
        context.Response.StatusCode = (int)response.StatusCode;
        context.Response.ContentType = response.Content.Headers.ContentType?.ToString();
        context.Response.ContentLength = response.Content.Headers.ContentLength;
        await using var from = await response.Content.ReadAsStreamAsync(context.RequestAborted);
        var buffer = ArrayPool<byte>.Shared.Rent(16_384);
        try
        {
            int read;
            while ((read = await from.ReadAsync(buffer, context.RequestAborted)) > 0) await context.Response.BodyWriter.WriteAsync(buffer.AsMemory(0, read), context.RequestAborted);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client left.
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Passes a request's body on as it arrives.</summary>
    private sealed class BodyContent : HttpContent
    {
        private readonly HttpRequest _asked;

        public BodyContent(HttpRequest asked)
        {
            _asked = asked;
            if (asked.ContentType is { } type) Headers.ContentType = MediaTypeHeaderValue.Parse(type);
            if (asked.ContentLength is { } length) Headers.ContentLength = length;
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => _asked.BodyReader.CopyToAsync(stream);

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
            => _asked.BodyReader.CopyToAsync(stream, cancellationToken);

        protected override bool TryComputeLength(out long length)
        {
            length = _asked.ContentLength ?? 0;
            return _asked.ContentLength is not null;
        }
    }
}
