using System.Text.Json;
using System.Text.Json.Nodes;
using Dragoman.Management;

namespace Dragoman.Server.Surfaces.Abstractions;

/// <summary>Errors as FastAPI writes them, <c>{"detail":"…"}</c>: the form of the systems that were made with it.</summary>
internal static class DetailErrors
{
    /// <summary>The answer to a use case's error.</summary>
    public static SurfaceAnswer From(ManagementError error) => SurfaceAnswer.Json(ErrorStatus.Of(error.Kind), new JsonObject { ["detail"] = error.Text });

    /// <summary>An error in OpenAI's shape in this one; a body of another shape stays as it is.</summary>
    public static byte[] FromOpenAi(ReadOnlyMemory<byte> body) => MessageOf(body)?.Message is { } message ? JsonSerializer.SerializeToUtf8Bytes(new JsonObject { ["detail"] = message }, SurfaceAnswer.Plain) : body.ToArray();

    /// <summary>Message and code of an error in OpenAI's shape; null for another.</summary>
    public static (string Message, string? Code)? MessageOf(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement is { ValueKind: JsonValueKind.Object } root && root.TryGetProperty("error"u8, out var error) && error.ValueKind == JsonValueKind.Object
                && error.TryGetProperty("message"u8, out var message) && message.ValueKind == JsonValueKind.String
                ? (message.GetString()!, error.TryGetProperty("code"u8, out var code) && code.ValueKind == JsonValueKind.String ? code.GetString() : null)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
