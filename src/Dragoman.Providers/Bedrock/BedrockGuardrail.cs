using System.Buffers;
using Dragoman.Gateway.Accounts;
using Dragoman.Protocols.Json;

namespace Dragoman.Providers.Bedrock;

/// <summary>
/// The guardrail that an account's owner demands with the headers of InvokeModel (<c>X-Amzn-Bedrock-GuardrailIdentifier</c>, <c>…-GuardrailVersion</c>, <c>X-Amzn-Bedrock-Trace</c>). Converse does not read these: it has a member
/// of the body, which takes the place of one that a client asks for, as the headers do.
/// </summary>
internal static class BedrockGuardrail
{
    private const string Identifier = "X-Amzn-Bedrock-GuardrailIdentifier", Version = "X-Amzn-Bedrock-GuardrailVersion", Trace = "X-Amzn-Bedrock-Trace";

    /// <summary>The body of a Converse call with the guardrail of the account.</summary>
    public static ReadOnlyMemory<byte> Put(ReadOnlyMemory<byte> body, Account account)
    {
        if (Header(account, Identifier) is not { } identifier) return body;
        var guardrail = new ArrayBufferWriter<byte>();
        var writer = JsonWriting.Rent(guardrail);
        writer.WriteStartObject();
        writer.WriteString("guardrailIdentifier"u8, identifier);
        writer.WriteString("guardrailVersion"u8, Header(account, Version) ?? "DRAFT");
        if (Header(account, Trace) is { } trace) writer.WriteString("trace"u8, trace.ToLowerInvariant());
        writer.WriteEndObject();
        JsonWriting.Return(writer);
        var output = new ArrayBufferWriter<byte>(body.Length + guardrail.WrittenCount + 64);
        JsonObjectPatch.Write(new JsonSlice(body), [("guardrailConfig", new JsonSlice(guardrail.WrittenMemory))], output);
        return output.WrittenMemory;
    }

    private static string? Header(Account account, string name)
    {
        foreach (var (key, value) in account.Headers)
        {
            if (key.Equals(name, StringComparison.OrdinalIgnoreCase) && value.Length > 0) return value;
        }

        return null;
    }
}
