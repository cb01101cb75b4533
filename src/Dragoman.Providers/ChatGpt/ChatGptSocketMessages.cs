using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Settings;
using Dragoman.Protocols.Json;

namespace Dragoman.Providers.ChatGpt;

/// <summary>
/// What the backend's messages mean. An <c>error</c> with a status is the error answer that HTTP would have brought, headers and all; <c>codex.rate_limits</c> says what HTTP says in
/// <c>x-codex-primary-…</c>, and metadata may have headers of its own; <c>response.done</c> is another name of the answer's end.
/// </summary>
internal static class ChatGptSocketMessages
{
    /// <summary>What the backend says when a connection is an hour old.</summary>
    private static ReadOnlySpan<byte> LimitReached => "websocket_connection_limit_reached"u8;

    private const int MostHeaders = 64;

    /// <summary>Reads a message.</summary>
    public static SocketMessage Read(ReadOnlyMemory<byte> message)
    {
        var type = message[TypeOf(message.Span)];
        var name = type.Span;
        if (name.SequenceEqual("response.completed"u8) || name.SequenceEqual("response.incomplete"u8) || name.SequenceEqual("response.failed"u8)) return new SocketMessage(SocketMessageKind.Last, type, message);
        if (name.SequenceEqual("response.done"u8)) return Done(message, type);
        if (name.SequenceEqual("error"u8)) return Error(message, type);
        if (name.SequenceEqual("codex.rate_limits"u8)) return new SocketMessage(SocketMessageKind.Beside, type, message) { Headers = LimitsIn(message.Span) };
        if (name.StartsWith("codex."u8) || name.StartsWith("responsesapi."u8) || name.SequenceEqual("response.metadata"u8)) return new SocketMessage(SocketMessageKind.Beside, type, message) { Headers = HeadersIn(message.Span) };
        return new SocketMessage(SocketMessageKind.Event, type, message);
    }

    /// <summary>Where the type's text stands.</summary>
    private static Range TypeOf(ReadOnlySpan<byte> message)
    {
        var scanner = new TopLevelJsonScanner(message);
        while (scanner.Next())
        {
            if (!scanner.Name.SequenceEqual("type"u8)) continue;
            // What is written on the event's line has to be of one line.
            return scanner.Value is [(byte)'"', .. var text, (byte)'"'] && text.IndexOfAnyExceptInRange((byte)' ', (byte)'~') < 0 ? (scanner.ValueStart + 1)..(scanner.ValueEnd - 1) : default;
        }

        return default;
    }

    private static SocketMessage Done(ReadOnlyMemory<byte> message, ReadOnlyMemory<byte> type)
    {
        var status = TopLevelJsonScanner.TextOf(TopLevelJsonScanner.ValueOf(message.Span, "response"u8), "status"u8);
        var name = status.SequenceEqual("failed"u8) ? "response.failed"u8 : status.SequenceEqual("incomplete"u8) ? "response.incomplete"u8 : "response.completed"u8;
        var range = TypeOf(message.Span);
        var renamed = new byte[message.Length - type.Length + name.Length];
        message.Span[..range.Start.Value].CopyTo(renamed);
        name.CopyTo(renamed.AsSpan(range.Start.Value));
        message.Span[range.End.Value..].CopyTo(renamed.AsSpan(range.Start.Value + name.Length));
        return new SocketMessage(SocketMessageKind.Last, renamed.AsMemory(range.Start.Value, name.Length), renamed);
    }

    private static SocketMessage Error(ReadOnlyMemory<byte> message, ReadOnlyMemory<byte> type)
    {
        var span = message.Span;
        var error = TopLevelJsonScanner.ValueOf(span, "error"u8);
        var status = NumberIn(span, "status"u8) ?? NumberIn(span, "status_code"u8);
        var isExpired = TopLevelJsonScanner.TextOf(error, "code"u8).SequenceEqual(LimitReached);
        return new SocketMessage(isExpired ? SocketMessageKind.Expired : SocketMessageKind.Error, type, message)
        {
            Status = status is >= 400 and < 600 ? status : isExpired ? 400 : null,
            Body = error is [(byte)'{', ..] ? Wrapped(error) : message,
            Headers = HeadersIn(span),
        };
    }

    private static byte[] Wrapped(ReadOnlySpan<byte> error)
    {
        var body = new ArrayBufferWriter<byte>(error.Length + 10);
        body.Write("{\"error\":"u8);
        body.Write(error);
        body.Write("}"u8);
        return body.WrittenSpan.ToArray();
    }

    private static int? NumberIn(ReadOnlySpan<byte> json, ReadOnlySpan<byte> name)
        => TopLevelJsonScanner.ValueOf(json, name) is var value && Utf8Parser.TryParse(value, out int number, out var used) && used == value.Length ? number : null;

    /// <summary>The headers that a message brings: of the backend's own only, as texts, numbers or truth values.</summary>
    private static IReadOnlyList<KeyValuePair<string, string>> HeadersIn(ReadOnlySpan<byte> message)
    {
        var map = TopLevelJsonScanner.ValueOf(message, "headers"u8);
        if (map.IsEmpty) return [];
        List<KeyValuePair<string, string>>? headers = null;
        var scanner = new TopLevelJsonScanner(map);
        while (scanner.Next() && headers is not { Count: >= MostHeaders })
        {
            var value = scanner.Value is [(byte)'"', .. var text, (byte)'"'] ? text : scanner.Value;
            if (value.IsEmpty || value[0] is (byte)'{' or (byte)'[' || value.SequenceEqual("null"u8) || value.IndexOf((byte)'\\') >= 0) continue;
            var (name, said) = (Encoding.UTF8.GetString(scanner.Name), Encoding.UTF8.GetString(value));
            if (IsOurs(name) && HeaderSafe.Check(said)) (headers ??= []).Add(new(name, said));
        }

        return headers ?? (IReadOnlyList<KeyValuePair<string, string>>)[];
    }

    private static bool IsOurs(string name)
        => (name.StartsWith("x-", StringComparison.OrdinalIgnoreCase) || name.StartsWith("openai-", StringComparison.OrdinalIgnoreCase) || name.StartsWith("retry-after", StringComparison.OrdinalIgnoreCase))
            && name.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter == '-');

    /// <summary>How the windows stand, as HTTP says it in headers.</summary>
    private static List<KeyValuePair<string, string>> LimitsIn(ReadOnlySpan<byte> message)
    {
        var headers = new List<KeyValuePair<string, string>>();
        var limits = TopLevelJsonScanner.ValueOf(message, "rate_limits"u8);
        foreach (var window in (ReadOnlySpan<string>)["primary", "secondary"])
        {
            var scanner = new TopLevelJsonScanner(TopLevelJsonScanner.ValueOf(limits, Encoding.ASCII.GetBytes(window)));
            while (scanner.Next())
            {
                var name = scanner.Name.SequenceEqual("used_percent"u8) ? "used-percent"
                    : scanner.Name.SequenceEqual("window_minutes"u8) ? "window-minutes"
                    : scanner.Name.SequenceEqual("reset_at"u8) || scanner.Name.SequenceEqual("resets_at"u8) ? "reset-at"
                    : scanner.Name.SequenceEqual("reset_after_seconds"u8) || scanner.Name.SequenceEqual("resets_in_seconds"u8) ? "reset-after-seconds" : null;
                if (name is not null && Utf8Parser.TryParse(scanner.Value, out double _, out var used) && used == scanner.Value.Length) headers.Add(new($"x-codex-{window}-{name}", Encoding.ASCII.GetString(scanner.Value)));
            }
        }

        return headers;
    }
}
