using System.Buffers;
using Dragoman.Protocols;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Server.Api.Shared;

namespace Dragoman.Server.Api.CodeAssist;

/// <summary>
/// Takes Gemini's request out of the wrapping of Code Assist: <c>{"model":…,"project":…,"user_prompt_id":…,"request":{…}}</c> (wire note codex-and-antigravity D.6). A count has the model inside:
/// <c>{"request":{"model":"models/…","contents":…}}</c>. The project is of a Google account and goes nowhere.
/// </summary>
internal static class CodeAssistBody
{
    private const string ModelsPath = "models/";

    /// <summary>Takes it out.</summary>
    /// <exception cref="WireException">There is no request in it.</exception>
    public static OpenedBody Open(ReadOnlyMemory<byte> body, bool? isStream)
    {
        var (outer, request) = (default(string), default(ReadOnlyMemory<byte>));
        var members = new TopLevelJsonScanner(body.Span);
        while (members.Next())
        {
            var value = body[members.ValueStart..members.ValueEnd];
            if (members.Name.SequenceEqual("model"u8)) outer = TextOf(value);
            else if (members.Name.SequenceEqual("request"u8)) request = value;
        }

        if (request.IsEmpty || request.Span[0] != (byte)'{') throw WireException.Invalid("request: Field required", "request", "missing_required_parameter");
        var (inner, session) = (default(string), default(string));
        // Code Assist's own members, which Gemini's API refuses.
        var skim = new TopLevelJsonScanner(request.Span);
        while (skim.Next())
        {
            var value = request[skim.ValueStart..skim.ValueEnd];
            if (skim.Name.SequenceEqual("model"u8)) inner = TextOf(value);
            else if (skim.Name.SequenceEqual("session_id"u8)) session = TextOf(value);
        }

        var output = new PooledBuffer(request.Length + 256);
        JsonObjectPatch.Write(new JsonSlice(request), [("session_id", default), ("model", default)], output);
        var model = outer ?? inner;
        if (model?.StartsWith(ModelsPath, StringComparison.Ordinal) == true) model = model[ModelsPath.Length..];
        return new OpenedBody(new RequestTarget(model, isStream), output, session);
    }

    private static string? TextOf(ReadOnlyMemory<byte> value) => value.Span is [(byte)'"', ..] ? new JsonSlice(value).Text.ToString() : null;
}
