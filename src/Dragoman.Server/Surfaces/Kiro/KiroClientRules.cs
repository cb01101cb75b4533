using System.Text.Json;
using Dragoman.Gateway.Requests;
using Dragoman.Gateway.Routing;
using Dragoman.Protocols;
using Dragoman.Protocols.Json;
using Dragoman.Server.Listeners;
using Dragoman.Server.Surfaces.Abstractions;

namespace Dragoman.Server.Surfaces.Kiro;

/// <summary>What clients of a Kiro proxy count on: its names for models, a model where they name none, and its status for an upstream that is silent too long. Errors are in the client's own form.</summary>
internal sealed class KiroClientRules : ISurfaceClientRules
{
    private const int SilentTooLong = 504;
    private const int TimedOut = 408;

    /// <inheritdoc/>
    public string ModelOf(string requested, IReadOnlyList<VisibleModel> models) => KiroModelNames.Resolve(requested, models);

    /// <summary>A body without a model, or with an empty one, means Claude Sonnet 4 (wire note C.2).</summary>
    public PooledBuffer? Complete(Protocol protocol, ReadOnlySpan<byte> body)
    {
        // There the model stands in the address.
        if (protocol is Protocol.Gemini || FindModel(body) is not var (start, length, hasOthers)) return null;
        var buffer = new PooledBuffer(body.Length + 64);
        var written = false;
        Write(buffer, body[..start]);
        if (length == 0)
        {
            Write(buffer, "\"model\":"u8);
            written = true;
        }

        Write(buffer, "\"claude-sonnet-4\""u8);
        if (written && hasOthers) Write(buffer, ","u8);
        Write(buffer, body[(start + length)..]);
        return buffer;
    }

    /// <inheritdoc/>
    public IResponseChannel Shape(HttpContext context, Protocol protocol, IResponseChannel channel)
        => new ErrorRewriteChannel(channel, static (status, body) => (status == SilentTooLong ? TimedOut : status, body.ToArray()));

    /// <summary>Where a model is to be written: in the place of an empty text, or behind the first brace; null where there is one, or the body is no object.</summary>
    private static (int Start, int Length, bool HasOthers)? FindModel(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return null;
            var first = (int)reader.BytesConsumed;
            var count = 0;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                count++;
                var isModel = reader.ValueTextEquals("model"u8);
                if (!reader.Read()) return null;
                if (isModel) return reader.TokenType == JsonTokenType.String && reader.ValueSpan.IsEmpty ? ((int)reader.TokenStartIndex, 2, true) : null;
                reader.Skip();
            }

            return (first, 0, count > 0);
        }
        catch (JsonException)
        {
            // What is wrong with it is told by who reads it.
            return null;
        }
    }

    private static void Write(PooledBuffer buffer, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(buffer.GetSpan(bytes.Length));
        buffer.Advance(bytes.Length);
    }
}
