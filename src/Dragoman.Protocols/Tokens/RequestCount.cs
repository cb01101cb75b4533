using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.Tokens;

/// <summary>Adds up a request's parts.</summary>
internal sealed class RequestCount : IDisposable
{
    // OpenAI's own rule of thumb for what frames a message, the answer and a tool's declaration.
    private const int PerMessage = 4;
    private const int PerAnswer = 3;
    private const int PerTool = 8;
    private const int PerCall = 6;
    private const int Most = int.MaxValue;

    private readonly PooledBuffer _text = new();
    private long _sum;

    public int Compute(ConversationRequest request)
    {
        if (request.System.Count > 0) _sum += PerMessage;
        Add(request.System);
        foreach (var tool in DeferredTools.Shown(request)) Add(tool);
        foreach (var turn in request.Turns)
        {
            _sum += PerMessage;
            if (turn.Name is { } name) Add(JsonText.From(name));
            Add(turn.Blocks);
        }

        if (request.Output is { } output) Add(output.Schema);
        return (int)Math.Min(_sum + PerAnswer, Most);
    }

    public void Dispose() => _text.Dispose();

    private void Add(List<Block> blocks)
    {
        foreach (var block in blocks) Add(block);
    }

    private void Add(Block block)
    {
        switch (block)
        {
            case TextBlock text:
                Add(text.Text);
                break;
            case RefusalBlock refusal:
                Add(refusal.Text);
                break;
            case ReasoningBlock reasoning:
                Add(reasoning.Text);
                // Encrypted reasoning is charged as the reasoning it hides: base64 of about as many words again.
                if (reasoning.Text.IsEmpty) _sum += reasoning.Signature.Length / 6;
                break;
            case ToolCallBlock call:
                _sum += PerCall;
                Add(JsonText.From(call.Name));
                Add(call.Arguments.Text);
                break;
            case ToolResultBlock result:
                _sum += PerCall;
                Add(result.Content);
                if (result.Content.Count == 0) Add(result.Value);
                break;
            case ImageBlock image:
                _sum += image.Detail == "low" ? TokenEstimator.LowDetailImageTokens : TokenEstimator.ImageTokens;
                break;
            case DocumentBlock document:
                Document(document);
                break;
            case AudioBlock audio:
                // Ten tokens a second; 16 KB of base64 hold about a second of common speech encodings.
                _sum += Math.Max(50, audio.Source.Base64.Length / 1600);
                break;
            case VideoBlock video:
                // Gemini charges some 300 tokens a second.
                _sum += Math.Max(3000, video.Source.Base64.Length / 500);
                break;
            case HostedToolCallBlock hosted:
                Add(hosted.Input);
                break;
            case HostedToolResultBlock hosted:
                Add(hosted.Raw);
                break;
            case OpaqueBlock opaque:
                Add(opaque.Raw);
                break;
        }
    }

    private void Document(DocumentBlock document)
    {
        if (document.Title is { } title) Add(JsonText.From(title));
        if (document.Context is { } context) Add(JsonText.From(context));
        if (!document.Source.Text.IsEmpty) Add(document.Source.Text);
        // A page of a PDF is some 1,500 tokens and, mixed of text and pictures, some 60 KB of base64.
        else _sum += Math.Max(1500, document.Source.Base64.Length / 40);
    }

    private void Add(Tool tool)
    {
        _sum += PerTool;
        Add(JsonText.From(tool.Name));
        Add(tool.Description);
        // Vendors show a schema to the model in a shorter form than JSON.
        var before = _sum;
        Add(tool.Parameters);
        _sum = before + ((_sum - before) * 3 / 4);
        Add(tool.Format);
        if (tool.Kind == ToolKind.Hosted) _sum += 300;
    }

    private void Add(JsonSlice value) => _sum += TokenScan.Count(value.Bytes.Span);

    private void Add(JsonText text)
    {
        if (text.IsEmpty) return;
        _text.Clear();
        text.AppendUtf8(_text);
        _sum += TokenScan.Count(_text.WrittenSpan);
    }
}
