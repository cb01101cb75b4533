using Dragoman.Protocols.Json;

namespace Dragoman.Server.Api.Bedrock;

/// <summary>An error as AWS's clients read it: the type in a header, the words in <c>message</c> (AWS restJson1 protocol).</summary>
internal static class AwsError
{
    public static async Task WriteAsync(HttpContext context, int status, string type, string message)
    {
        using var buffer = new PooledBuffer();
        var writer = JsonWriting.Rent(buffer);
        writer.WriteStartObject();
        writer.WriteString("message"u8, message);
        writer.WriteEndObject();
        JsonWriting.Return(writer);
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = buffer.Length;
        context.Response.Headers["x-amzn-errortype"] = type;
        await context.Response.Body.WriteAsync(buffer.WrittenMemory, context.RequestAborted);
    }
}
