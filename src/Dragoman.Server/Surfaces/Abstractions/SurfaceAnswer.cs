using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Net.Http.Headers;

namespace Dragoman.Server.Surfaces.Abstractions;

/// <summary>What a surface's route answers: a status, headers and a body of one of several kinds.</summary>
internal sealed class SurfaceAnswer
{
    /// <summary>How JSON is written: what needs no escape has none.</summary>
    public static JsonSerializerOptions Plain { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly int _status;
    private readonly string? _mediaType;
    private readonly byte[]? _body;
    private readonly Func<HttpContext, Task>? _stream;

    private SurfaceAnswer(int status, string? mediaType = null, byte[]? body = null, Func<HttpContext, Task>? stream = null)
        => (_status, _mediaType, _body, _stream) = (status, mediaType, body, stream);

    /// <summary>The status.</summary>
    public int Status => _status;

    /// <summary>Headers besides those of the body.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>The same with further headers.</summary>
    public SurfaceAnswer With(IReadOnlyList<KeyValuePair<string, string>> headers) => new(_status, _mediaType, _body, _stream) { Headers = [.. Headers, .. headers] };

    /// <summary>200 with JSON.</summary>
    public static SurfaceAnswer Json(JsonNode? body) => Json(200, body);

    /// <summary>JSON.</summary>
    public static SurfaceAnswer Json(int status, JsonNode? body) => new(status, "application/json", Encoding.UTF8.GetBytes(body?.ToJsonString(Plain) ?? "null"));

    /// <summary>Text.</summary>
    public static SurfaceAnswer Text(int status, string text, string mediaType = "text/plain; charset=utf-8") => new(status, mediaType, Encoding.UTF8.GetBytes(text));

    /// <summary>A page.</summary>
    /// <param name="status">The status.</param>
    /// <param name="html">The page.</param>
    /// <param name="headers">Headers besides those of the body.</param>
    public static SurfaceAnswer Html(int status, string html, IReadOnlyList<KeyValuePair<string, string>>? headers = null) => new(status, "text/html; charset=utf-8", Encoding.UTF8.GetBytes(html)) { Headers = headers ?? [] };

    /// <summary>No body.</summary>
    public static SurfaceAnswer Empty(int status) => new(status);

    /// <summary>A file to be saved.</summary>
    /// <param name="mediaType">Its type.</param>
    /// <param name="fileName">The name a browser saves it under.</param>
    /// <param name="content">What is in it.</param>
    public static SurfaceAnswer File(string mediaType, string fileName, byte[] content)
    {
        var disposition = new ContentDispositionHeaderValue("attachment");
        disposition.SetHttpFileName(fileName);
        return new(200, mediaType, content) { Headers = [new("Content-Disposition", disposition.ToString())] };
    }

    /// <summary>Whatever is written while it is made: events, large files. The handler sets the response's type itself.</summary>
    public static SurfaceAnswer Stream(Func<HttpContext, Task> write) => new(200, stream: write);

    /// <summary>Writes it.</summary>
    public Task WriteAsync(HttpContext context)
    {
        var response = context.Response;
        response.StatusCode = _status;
        foreach (var (name, value) in Headers) response.Headers.Append(name, value);
        if (_stream is not null) return _stream(context);
        response.ContentLength = _body?.Length ?? 0;
        if (_mediaType is null || _body is null) return Task.CompletedTask;
        response.ContentType = _mediaType;
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : response.Body.WriteAsync(_body, context.RequestAborted).AsTask();
    }
}
