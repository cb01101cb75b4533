using System.Text.Json;
using Dragoman.Protocols;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.Registry;

namespace Dragoman.Gateway.Requests;

/// <summary>A client's request, read and ready to be relayed.</summary>
public sealed class ClientRequest
{
    /// <summary>Smaller bodies are not worth the work of giving them back early.</summary>
    private const int WorthReleasing = 8 * 1024;

    private ReadOnlyMemory<byte> _body;
    private bool _released;
    private long? _promptTokens;
    private ConversationRequest? _conversation;
    private ConversationScope? _scope;
    private RouteRequest? _route;
    private string? _sessionKey;
    private bool _sessionKnown;

    /// <summary>The client's protocol.</summary>
    public required IClientProtocol ClientProtocol { get; init; }

    /// <summary>What may be asked about the client's protocol.</summary>
    internal ProtocolTraits Traits => ProtocolRegistry.Traits(ClientProtocol.Protocol);

    /// <summary>The body, in pooled memory that lives as long as the request, or until <see cref="ReleaseBody"/>.</summary>
    /// <exception cref="ObjectDisposedException">Its memory was given back.</exception>
    public required ReadOnlyMemory<byte> Body
    {
        get
        {
            ObjectDisposedException.ThrowIf(_released, this);
            return _body;
        }
        init => _body = value;
    }

    /// <summary>What the body stands in, where it may be given back before the request ends: nobody but this request borrows it. Null where somebody may.</summary>
    public PooledBuffer? OwnBody { get; set; }

    /// <summary>What the skim of the body found.</summary>
    public required RequestEnvelope Head { get; init; }

    /// <summary>What the address says.</summary>
    public RequestTarget Target { get; init; }

    /// <summary>The model asked for.</summary>
    public required string Model { get; init; }

    /// <summary>The name that answers show: the one the client used, where a surface took it for another model's.</summary>
    public string ShownModel { get => field ?? Model; init; }

    /// <summary>Models that stand in, one after the other, where those of the configuration have not answered either: what the surface that it came in by names in place of one that a vendor has retired.</summary>
    public IReadOnlyList<string> Fallbacks { get; init; } = [];

    /// <summary>
    /// The words that stand for an answer in which an upstream has said nothing, once it and others have been asked again; null where such an answer is passed on as it came. It is the manner of some surfaces.
    /// </summary>
    public string? EmptyAnswerText { get; init; }

    /// <summary>Whether a stream is asked for.</summary>
    public bool Stream { get; init; }

    /// <summary>The request's id in the gateway's records.</summary>
    public required string FlowId { get; init; }

    /// <summary>Who asks.</summary>
    public ClientIdentity Client { get; init; } = ClientIdentity.Anyone;

    /// <summary>How it came.</summary>
    public RequestOrigin Origin { get; init; } = RequestOrigin.Unknown;

    /// <summary>The address it came from, without a port; null where it came from the gateway itself.</summary>
    public string? ClientAddress { get; init; }

    /// <summary>The addresses that its proxies say it came by (<c>X-Forwarded-For</c>), as the header stood; empty for none. Shown, never believed.</summary>
    public string ForwardedFor { get; init; } = "";

    /// <summary>The face of the gateway it came in by.</summary>
    public Surface Surface { get; init; }

    /// <summary>What the client calls itself; empty for nothing.</summary>
    public string UserAgent { get; init; } = "";

    /// <summary>The session that the client's headers name, or null.</summary>
    public string? SessionHeader { get; init; }

    /// <summary>What ties the conversation together, or null; made out when first asked for.</summary>
    public string? SessionKey
    {
        get
        {
            if (_sessionKnown) return _sessionKey;
            _sessionKey = Requests.SessionKey.Find(Head, Body.Span, SessionHeader);
            _sessionKnown = true;
            return _sessionKey;
        }
    }

    /// <summary>The session that the client itself names, or null.</summary>
    internal string? SessionHint => Requests.SessionKey.Named(Head, SessionHeader);

    /// <summary>The conversation that reasoning is kept for.</summary>
    internal ConversationScope Scope => _scope ??= ConversationScope.From(this);

    /// <summary>How much of it may be recorded: the client can ask for less than is set, never for more.</summary>
    public FlowMode FlowMode { get; init; } = FlowMode.Full;

    /// <summary>Takes the bodies as they pass; null where they are not recorded.</summary>
    public IBodyCapture? Capture { get; init; }

    /// <summary>Tags that its flow is born with.</summary>
    public IReadOnlyList<string> FlowTags { get; init; } = [];

    /// <summary>What routing needs to know of it.</summary>
    public RouteRequest Route => _route ??= new(Model, ClientProtocol.Protocol) { SessionKey = SessionKey, Providers = Client.Scopes.Providers, KeyName = Client.Name, KeyId = Client.KeyId, Pin = Pin };

    /// <summary>The one account that may answer; null for any.</summary>
    public AccountPin? Pin { get; init; }

    /// <summary>The plan that was made for it and not yet acted on: admission and failover go by the same one. Null where none is open.</summary>
    internal RoutePlan? Plan { get; set; }

    /// <summary>The client's headers that belong to its protocol and may travel to an upstream of the same one.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> ProtocolHeaders { get; init; } = [];

    /// <summary>The client's headers that the owner's rules for bodies look at; null for none.</summary>
    public IReadOnlyList<KeyValuePair<string, string>>? RuleHeaders { get; init; }

    /// <summary>
    /// Whether passthrough may be used: false where the gateway changed the conversation (state it resolved itself), so that the body
    /// alone does not say it all.
    /// </summary>
    public bool AllowPassthrough { get; init; } = true;

    /// <summary>The body as a conversation; read once, when first needed.</summary>
    /// <exception cref="WireException">The body is not JSON, or not one of the client's protocol.</exception>
    public ConversationRequest Conversation => _conversation ??= Read();

    /// <summary>About how many tokens the prompt has; counted once, when first needed.</summary>
    internal long PromptTokens => _promptTokens ??= CountPrompt();

    /// <summary>
    /// Gives the body's memory back where nobody else borrows it: a stream may stay open for long after its upstream has taken the request. Only for passthrough,
    /// behind the first content: a translation borrows the body to its end, and so does another attempt. What is asked of the body later is worked out here.
    /// </summary>
    /// <param name="promptIsReported">Whether the upstream has said how many tokens the prompt has, so that they need not be counted.</param>
    internal void ReleaseBody(bool promptIsReported)
    {
        // A recorded body is read again at the end.
        if (_released || OwnBody is null || Capture is not null || _body.Length < WorthReleasing) return;
        _ = SessionKey;
        _promptTokens ??= promptIsReported ? RequestSize.TokensOf(_body.Span) : CountPrompt();
        // Whatever was read from the body borrows it too.
        (_conversation, _scope, _body, _released) = (null, null, default, true);
        OwnBody.Dispose();
    }

    /// <summary>The body with what the scan found, for an upstream of the same protocol.</summary>
    /// <param name="model">The model that is asked.</param>
    /// <param name="isVendor">Whether the host is the protocol's own vendor.</param>
    internal PassthroughBody PassthroughTo(UpstreamModel model, bool isVendor) => new()
    {
        Bytes = Body.Span,
        Model = model,
        System = Head.SystemValue,
        Turns = Head.TurnsValue,
        HasMessages = Head.HasMessages,
        ToolChoice = Head.ToolChoiceValue,
        StreamOptions = Head.StreamOptionsValue,
        Stream = Stream,
        IncludesUsage = Head.IncludeUsage,
        ContinuesThread = Head.ContinuesThread,
        IsVendor = isVendor,
    };

    private long CountPrompt()
    {
        try
        {
            return TokenEstimate.Compute(Conversation);
        }
        catch (Exception)
        {
            // The body is no conversation of its protocol (the upstream took it all the same): its length has to do.
            return RequestSize.TokensOf(Body.Span);
        }
    }

    private ConversationRequest Read()
    {
        try
        {
            Utf8TokenReader.Check(Body.Span);
            var conversation = ClientProtocol.ReadRequest(Body, Target);
            OriginalReasoning = conversation.Reasoning;
            return conversation;
        }
        catch (JsonException ex)
        {
            throw NotJson(Body.Span, ex);
        }
    }

    /// <summary>The error for a body that is no JSON; the skim looks only at what it needs and lets it pass.</summary>
    internal static WireException NotJson(ReadOnlySpan<byte> body, JsonException fault)
        => WireException.Invalid(RequestEnvelope.FindProblem(body) ?? $"The request body could not be read: {fault.Message}", code: "invalid_json");

    /// <summary>The reasoning the body asks for, before a suffix on the model's name changes it for one candidate.</summary>
    internal ReasoningOptions? OriginalReasoning { get; private set; }
}
