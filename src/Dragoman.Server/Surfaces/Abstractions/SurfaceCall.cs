using System.Text.Json;
using System.Text.Json.Nodes;
using Dragoman.Management;
using Dragoman.Server.Security;
using Dragoman.Server.Surfaces.Access;

namespace Dragoman.Server.Surfaces.Abstractions;

/// <summary>A call of a surface's route, as its handler sees it.</summary>
/// <param name="context">The HTTP call.</param>
internal sealed class SurfaceCall(HttpContext context)
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <summary>The HTTP call.</summary>
    public HttpContext Context => context;

    /// <summary>Who calls, as the audit log names them.</summary>
    public Actor Actor => HttpActor.From(context);

    /// <summary>The gateway's address as the caller reaches it.</summary>
    public Uri Gateway
        => context.Request.Host.HasValue && Uri.TryCreate($"{context.Request.Scheme}://{context.Request.Host.Value}", UriKind.Absolute, out var address)
            ? address
            : new Uri($"{context.Request.Scheme}://localhost:{context.Connection.LocalPort}");

    /// <summary>Whether the caller is a program on the gateway's own machine.</summary>
    public bool IsLocal => LocalCaller.Is(context);

    /// <summary>Ends when the caller leaves.</summary>
    public CancellationToken CancellationToken => context.RequestAborted;

    /// <summary>A parameter of the query, the first where it stands twice; null for none.</summary>
    public string? Query(string name) => context.Request.Query.TryGetValue(name, out var values) && values.Count > 0 ? values[0] : null;

    /// <summary>A parameter of the path, decoded; empty where the pattern has none of that name.</summary>
    public string Route(string name) => context.Request.RouteValues[name] as string ?? "";

    /// <summary>The body as an object; an empty one for no body, whatever its Content-Type.</summary>
    /// <exception cref="BadHttpRequestException">It is no JSON, or no object.</exception>
    public async Task<JsonObject> BodyAsync()
        => await JsonAsync() switch
        {
            null => [],
            JsonObject body => body,
            _ => throw new BadHttpRequestException("The body must be a JSON object."),
        };

    /// <summary>The body as JSON of any kind; null for no body, and for <c>null</c>.</summary>
    /// <exception cref="BadHttpRequestException">It is no JSON.</exception>
    public async Task<JsonNode?> JsonAsync()
    {
        using var bytes = new MemoryStream();
        await context.Request.Body.CopyToAsync(bytes, CancellationToken);
        var text = bytes.GetBuffer().AsSpan(0, (int)bytes.Length);
        if (text.StartsWith("\uFEFF"u8)) text = text[3..];
        if (text.Trim(" \r\n\t"u8).IsEmpty) return null;
        try
        {
            return JsonNode.Parse(text, documentOptions: Strict);
        }
        catch (JsonException ex)
        {
            throw new BadHttpRequestException($"The body is not valid JSON: {ex.Message}", ex);
        }
    }

    /// <summary>The body as text.</summary>
    public async Task<string> TextAsync()
    {
        using var reader = new StreamReader(context.Request.Body);
        return await reader.ReadToEndAsync(CancellationToken);
    }
}
