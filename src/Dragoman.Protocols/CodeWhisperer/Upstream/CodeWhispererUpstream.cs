using System.Buffers;
using Dragoman.Protocols.CodeWhisperer.Shared;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.CodeWhisperer.Upstream;

/// <summary>
/// CodeWhisperer's GenerateAssistantResponse, the service behind Kiro. It has no public contract: field names are those of the clients that AWS
/// generates from its model (aws/amazon-q-developer-cli), rules are what the service was seen to refuse. It answers in event streams only.
/// </summary>
public sealed class CodeWhispererUpstream : IUpstreamProtocol
{
    private CodeWhispererUpstream()
    {
    }

    /// <summary>The one instance.</summary>
    public static CodeWhispererUpstream Instance { get; } = new();

    /// <inheritdoc/>
    public Protocol Protocol => Protocol.CodeWhisperer;

    /// <inheritdoc/>
    public AnswerMembers AnswerMembers { get; } = new() { Others = ["assistantResponseEvent"u8.ToArray(), "toolUseEvent"u8.ToArray(), "reasoningContentEvent"u8.ToArray()] };

    /// <inheritdoc/>
    public StreamFraming Framing => StreamFraming.AwsEventStream;

    /// <inheritdoc/>
    public void WriteRequest(TranslationContext exchange, IBufferWriter<byte> output)
    {
        if (QueryOf(exchange) is { } query) CodeWhispererWebSearch.WriteRequest(exchange, query, output);
        else new CodeWhispererRequestWriter(exchange).Write(output);
    }

    /// <inheritdoc/>
    public IStreamReader OpenStream(TranslationContext exchange, IAnswerSink sink) => new CodeWhispererStreamReader(exchange, sink);

    /// <summary>Reads what came in the place of a stream: the answer of a search, an error, or one event under its name.</summary>
    public void ReadAnswer(ReadOnlyMemory<byte> body, TranslationContext exchange, IAnswerSink sink)
    {
        if (QueryOf(exchange) is { } query)
        {
            CodeWhispererWebSearch.ReadAnswer(body, query, exchange, sink);
            return;
        }

        if (ErrorInAnswer.TryReport(this, body, sink)) return;
        var reader = OpenStream(exchange, sink);
        reader.Read(default, body);
        reader.Complete();
    }

    /// <inheritdoc/>
    public WireError ReadError(int status, ReadOnlyMemory<byte> body) => CodeWhispererErrors.Read(status, body);

    /// <summary>The error read from a body, better known by the exception's name, which the service says in <c>x-amzn-errortype</c>.</summary>
    public static WireError NameError(WireError error, string exception) => CodeWhispererErrors.Named(error, exception);

    /// <summary>What an error of the service means for the account and the model.</summary>
    public static CodeWhispererFailure FailureOf(WireError error) => CodeWhispererErrors.FailureOf(error);

    private static string? QueryOf(TranslationContext exchange) => CodeWhispererOptions.Of(exchange).SearchesWeb ? CodeWhispererWebSearch.QueryOf(exchange.Request) : null;
}
