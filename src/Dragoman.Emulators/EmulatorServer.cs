using Dragoman.Emulators.Amp;
using Dragoman.Emulators.Anthropic;
using Dragoman.Emulators.Antigravity;
using Dragoman.Emulators.Bedrock;
using Dragoman.Emulators.Claude;
using Dragoman.Emulators.CodeAssist;
using Dragoman.Emulators.ChatGpt;
using Dragoman.Emulators.Copilot;
using Dragoman.Emulators.CodeWhisperer;
using Dragoman.Emulators.CodingPlan;
using Dragoman.Emulators.FakeModel;
using Dragoman.Emulators.Faults;
using Dragoman.Emulators.Gemini;
using Dragoman.Emulators.Http;
using Dragoman.Emulators.Kilo;
using Dragoman.Emulators.Kimi;
using Dragoman.Emulators.Kiro;
using Dragoman.Emulators.OpenAiChat;
using Dragoman.Emulators.OpenAiResponses;
using Dragoman.Emulators.OpenRouter;
using Dragoman.Emulators.Script;
using Dragoman.Emulators.Vertex;
using Dragoman.Emulators.Xai;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Dragoman.Emulators;

/// <summary>Takes every request: control, script, fault, then the family whose path it is.</summary>
internal sealed class EmulatorServer
{
    private readonly EmulatorOptions _options;
    private readonly SignatureIssuer _signatures;
    private readonly PrefixMemory _prefixes;
    private readonly FaultFinder _faults = new();
    private readonly AnthropicApi _anthropic = new();
    private readonly ChatApi _chat = new();
    private readonly ResponsesApi _responses = new();
    private readonly GeminiApi _gemini = new();
    private readonly BedrockApi _bedrock = new();
    private readonly OpenRouterApi _openRouter = new();
    private readonly KiloApi _kilo = new();
    private readonly CodingPlanApi _plans = new();
    private readonly AmpApi _amp = new();
    private readonly CopilotApi _copilot = new();
    private readonly ChatGptApi _chatGpt = new();
    private readonly CodeWhispererApi _codeWhisperer = new();
    private readonly KiroApi _kiro = new();
    private readonly ClaudeApi _claude = new();
    private readonly XaiApi _xai = new();
    private readonly KimiApi _kimi = new();
    private readonly CodeAssistApi _codeAssist = new();
    private readonly AntigravityApi _antigravity = new();
    private readonly VertexApi _vertex = new();

    public EmulatorServer(EmulatorOptions options)
    {
        _options = options;
        _signatures = new SignatureIssuer(options.Seed);
        _prefixes = new PrefixMemory(options.CacheMinimumTokens);
        Log = new RequestLog(options.KeptRequests, options.Time);
    }

    public RequestLog Log { get; }

    public ScriptQueue Script { get; } = new();

    public void Reset()
    {
        Script.Clear();
        _faults.Clear();
        _prefixes.Clear();
        _openRouter.Grants.Clear();
        _copilot.Devices.Clear();
        _copilot.Models.Clear();
        _kiro.Clear();
        _claude.Clear();
        _chatGpt.Clear();
        _xai.Clear();
        _kimi.Clear();
        _codeAssist.Clear();
        _antigravity.Clear();
        _vertex.Clear();
        Log.Clear();
    }

    public async Task HandleAsync(HttpContext context)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var call = new Call(context.Request.Method, target, context.Request.Headers, await ReadAsync(context));
        if (call.Segments is ["_emulator", ..])
        {
            await Delivery.SendAsync(context, ControlApi.Answer(call, this), null, _options.Time);
            return;
        }

        if (ChatGptSocket.IsAsked(call))
        {
            using var socket = new ChatGptSocket(context, call, _chatGpt, _options.Time, Log, Decide);
            await socket.RunAsync();
            return;
        }

        var record = Log.Add(call);
        var (reply, fault) = Decide(call, record);
        if (record is not null)
            record.Status = reply.Status;
        try
        {
            await Delivery.SendAsync(context, reply, fault, _options.Time);
            if (record is not null)
                record.Completed = fault?.Disconnect is null;
        }
        catch (Exception error) when (error is OperationCanceledException or IOException && context.RequestAborted.IsCancellationRequested)
        {
            if (record is not null)
                record.AbortedAt = _options.Time.GetUtcNow();
        }
    }

    public void ClearFaults() => _faults.Clear();

    private (Reply Reply, Fault? Fault) Decide(Call call, RecordedRequest? record)
    {
        if (Script.Take(call) is { } scripted)
            return ApplyFault(call, FamilyOf(call) ?? _chat, scripted.Reply, scripted.Fault);
        if (HandshakeReply(call) is { } pleasantry)
            return (pleasantry, null);
        if (FamilyOf(call) is not { } family)
            return (_chat.Error(call, new Refusal(404, $"Invalid URL ({call.Method} {call.Path})")), null);
        var request = new RequestContext(_options, _signatures, _prefixes, call);
        var fault = _faults.Find(call, family.ModelOf(call), null);
        if (fault?.Status is not null)
            return ApplyFault(call, family, null, fault);
        Reply reply;
        try
        {
            reply = family.Answer(call, request);
        }
        catch (Refusal refusal)
        {
            if (record is not null)
                record.Refused = refusal.Message;
            reply = family.Error(call, refusal);
        }
        catch (Exception error) when (error is InvalidOperationException or FormatException or System.Text.Json.JsonException or ArgumentException or KeyNotFoundException or NullReferenceException)
        {
            // A shape that no rule above foresaw. The record says so, so that a test does not take it for an answer of the provider.
            if (record is not null)
                record.Refused = $"The emulator could not read the request: {error.Message}";
            reply = family.Error(call, new Refusal(400, $"The emulator could not read the request: {error.Message}"));
        }

        fault ??= Fault.Find(request.UserText) is null ? null : _faults.Find(call, null, request.UserText);
        return ApplyFault(call, family, reply, fault);
    }

    private static (Reply, Fault?) ApplyFault(Call call, IProviderApi family, Reply? reply, Fault? fault)
    {
        if (fault?.Status is not { } status)
            return (reply!, fault);
        var error = fault.Html
            ? new Reply { Status = status, ContentType = "text/html", Frames = [new Frame("<html><body><h1>Bad gateway</h1></body></html>"u8.ToArray())] }
            : family.Error(call, new Refusal(status, fault.Message ?? $"Emulated fault with status {status}"));
        return (fault.RetryAfter is { } wait ? error.With("retry-after", wait) : error, fault);
    }

    private IProviderApi? FamilyOf(Call call) => call.Segments switch
    {
        ["v1", "chat", "completions"] => _chat,
        ["v1", "responses", ..] => _responses,
        ["v1", "messages", ..] => _anthropic,
        ["v1", "models", var id] when id.Contains(':', StringComparison.Ordinal) && call.IsPost => _gemini,
        ["v1", "models", ..] => call.Header("anthropic-version") is not null || call.Header("x-api-key") is not null ? _anthropic
            : call.Header("x-goog-api-key") is not null || call.Query.ContainsKey("key") ? _gemini : _chat,
        ["v1beta" or "v1alpha", ..] => _gemini,
        ["openrouter", ..] => _openRouter,
        ["kilo", ..] => _kilo,
        ["plans", _, ..] => _plans,
        ["amp", ..] => _amp,
        ["copilot", ..] => _copilot,
        ["kiro", ..] => _kiro,
        ["claude", ..] => _claude,
        ["chatgpt", ..] => _chatGpt,
        ["xai", ..] => _xai,
        ["kimi", ..] => _kimi,
        ["google", ..] => _codeAssist,
        ["antigravity", ..] => _antigravity,
        ["vertex", ..] => _vertex,
        ["model", ..] or ["foundation-models", ..] or ["inference-profiles", ..] => _bedrock,
        ["generateAssistantResponse"] or ["ListAvailableModels"] or ["List-Available-Models"] or ["getUsageLimits"] or ["mcp"] => _codeWhisperer,
        [] when call.Header("x-amz-target") is not null => _codeWhisperer,
        _ => null,
    };

    // What real clients send beside their questions.
    private static Reply? HandshakeReply(Call call) => call.Segments switch
    {
        [] when call.Header("x-amz-target") is null => Reply.Json(new System.Text.Json.Nodes.JsonObject { ["name"] = "dragoman emulator" }),
        [.., "event_logging", "batch"] => Reply.Json(new System.Text.Json.Nodes.JsonObject { ["status"] = "ok" }),
        _ => null,
    };

    private static async Task<byte[]> ReadAsync(HttpContext context)
    {
        if (context.Request.ContentLength is { } length)
        {
            var exact = new byte[length];
            await context.Request.Body.ReadExactlyAsync(exact, context.RequestAborted);
            return exact;
        }

        using var memory = new MemoryStream();
        await context.Request.Body.CopyToAsync(memory, context.RequestAborted);
        return memory.ToArray();
    }
}
