using System.Buffers;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers;
using Dragoman.Protocols.Json;

namespace Dragoman.Providers.CodeAssist;

/// <summary>
/// The wrapping of Code Assist: <c>{"model":…,"project":…,"user_prompt_id":…,"request":…}</c> there, <c>{"response":…,"traceId":…}</c> back, whole and event by event; for a count of tokens
/// <c>{"request":{"model":…,"contents":…}}</c> (wire notes codex-and-antigravity D.5, D.6, D.8). Names that the service does not know are refused by it, so nothing else is sent.
/// </summary>
internal sealed class CodeAssistEnvelope : IEnvelope
{
    /// <inheritdoc/>
    public void WrapRequest(UpstreamCall call, IBufferWriter<byte> output)
    {
        var writer = JsonWriting.Rent(output);
        writer.WriteStartObject();
        if (call.Operation == UpstreamOperation.CountTokens)
        {
            writer.WriteStartObject("request"u8);
            writer.WriteString("model"u8, "models/" + call.Model.Id);
            if (ContentsOf(call.Body) is { Length: > 0 } contents)
            {
                writer.WritePropertyName("contents"u8);
                writer.WriteRawValue(contents.Span, skipInputValidation: true);
            }

            writer.WriteEndObject();
        }
        else
        {
            writer.WriteString("model"u8, call.Model.Id);
            // An empty project is refused; the service finds one by itself where none is named.
            if (ProjectOf(call) is { Length: > 0 } project) writer.WriteString("project"u8, project);
            writer.WriteString("user_prompt_id"u8, Guid.NewGuid());
            writer.WritePropertyName("request"u8);
            writer.WriteRawValue(call.Body.Span, skipInputValidation: true);
        }

        writer.WriteEndObject();
        JsonWriting.Return(writer);
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> UnwrapResponse(ReadOnlyMemory<byte> body)
    {
        var members = new TopLevelJsonScanner(body.Span);
        while (members.Next())
            if (members.Name.SequenceEqual("response"u8)) return body[members.ValueStart..members.ValueEnd];
        return body;
    }

    /// <summary>The project of an account's own settings, else that of its login.</summary>
    public static string? ProjectOf(UpstreamCall call)
        => call.Account.Options.TryGetValue(CodeAssistAccountSchema.Project.Name, out var project) ? project : (call.Credential.Credential as OAuthCredential)?.Extra.GetValueOrDefault("project");

    /// <summary>The turns of a count request: beside each other, or in the whole request that is counted.</summary>
    private static ReadOnlyMemory<byte> ContentsOf(ReadOnlyMemory<byte> body)
    {
        var members = new TopLevelJsonScanner(body.Span);
        while (members.Next())
        {
            if (members.Name.SequenceEqual("contents"u8)) return body[members.ValueStart..members.ValueEnd];
            if (members.Name.SequenceEqual("generateContentRequest"u8)) return ContentsOf(body[members.ValueStart..members.ValueEnd]);
        }

        return default;
    }
}
