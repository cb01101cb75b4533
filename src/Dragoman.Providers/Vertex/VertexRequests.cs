using System.Buffers;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers;
using Dragoman.Protocols;
using Dragoman.Protocols.Json;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.Vertex;

/// <summary>
/// Requests to Vertex AI: Google's models at <c>publishers/google</c> in Gemini's protocol, Claude at <c>publishers/anthropic</c> in Anthropic's, whose token count is a model of its own there and takes the model's
/// name in its body (cloud.google.com "Count tokens for Claude models").
/// </summary>
internal sealed class VertexRequests : IRequestBuilder
{
    private static readonly JsonRequests Json = new(PathOf);

    /// <inheritdoc/>
    public BuiltRequest? Build(UpstreamCall call)
    {
        var isClaude = VertexModule.ProtocolFor(call.Account, call.Model) == Protocol.AnthropicMessages;
        if (isClaude) call = call with { ClientHeaders = VertexBetas.Filter(call) };
        else if (call.Operation == UpstreamOperation.CountTokens) call = call with { Body = CountBody(call.Body) };
        if (Json.Build(call) is not { } built) return null;
        // Whose quota a person's credentials use; a service account's project says it by itself.
        if (call.Operation == UpstreamOperation.ListModels && !built.Message.Headers.Contains("x-goog-user-project"))
            built.Message.Headers.TryAddWithoutValidation("x-goog-user-project", call.Account.Options[VertexAccountSchema.Project.Name]);
        return built;
    }

    private static string? PathOf(UpstreamCall call)
    {
        if (call.Operation == UpstreamOperation.ListModels)
        {
            // Without a token yet nothing would be learnt but that.
            var asks = call.Credential.Credential is OAuthCredential { AccessToken.Length: > 0 };
            return asks ? $"/v1beta1/publishers/{VertexModels.PublisherOf(call.Account)}/models?pageSize=500" : null;
        }

        var isClaude = VertexModule.ProtocolFor(call.Account, call.Model) == Protocol.AnthropicMessages;
        var (publisher, method) = (isClaude, call.Operation) switch
        {
            (true, UpstreamOperation.CountTokens) => ("anthropic", "rawPredict"),
            (true, _) => ("anthropic", call.Stream ? "streamRawPredict" : "rawPredict"),
            (_, UpstreamOperation.CountTokens) => ("google", "countTokens"),
            _ => ("google", call.Stream ? "streamGenerateContent?alt=sse" : "generateContent"),
        };
        var model = isClaude && call.Operation == UpstreamOperation.CountTokens ? "count-tokens" : Uri.EscapeDataString(call.Model.Id).Replace("%40", "@", StringComparison.Ordinal);
        var project = Uri.EscapeDataString(call.Account.Options[VertexAccountSchema.Project.Name]);
        return $"/v1/projects/{project}/locations/{call.Account.Region ?? VertexAddress.Global}/publishers/{publisher}/models/{model}:{method}";
    }

    /// <summary>Vertex AI counts a request as it is, where the Gemini API takes it wrapped, and takes of it what is part of the prompt.</summary>
    private static ReadOnlyMemory<byte> CountBody(ReadOnlyMemory<byte> body)
    {
        var wrapped = new TopLevelJsonScanner(body.Span);
        while (wrapped.Next())
        {
            if (!wrapped.Name.SequenceEqual("generateContentRequest"u8)) continue;
            body = body[wrapped.ValueStart..wrapped.ValueEnd];
            break;
        }

        var output = new ArrayBufferWriter<byte>(body.Length + 16);
        output.Write("{"u8);
        var isFirst = true;
        var members = new TopLevelJsonScanner(body.Span);
        while (members.Next())
        {
            var name = members.Name;
            if (!name.SequenceEqual("contents"u8) && !name.SequenceEqual("systemInstruction"u8) && !name.SequenceEqual("tools"u8) && !name.SequenceEqual("generationConfig"u8)) continue;
            if (!isFirst) output.Write(","u8);
            isFirst = false;
            output.Write("\""u8);
            output.Write(name);
            output.Write("\":"u8);
            output.Write(members.Value);
        }

        output.Write("}"u8);
        return output.WrittenMemory;
    }
}
