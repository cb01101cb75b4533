using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Forwarding.Payload;
using Dragoman.Gateway.Forwarding.Streaming;
using Dragoman.Gateway.Forwarding.Transport;
using Dragoman.Gateway.Forwarding.Transport.Sockets;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Requests;
using Dragoman.Protocols;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.Registry;

namespace Dragoman.Gateway.Forwarding.Attempts;

/// <summary>One candidate, one try: what both paths need to make it.</summary>
/// <param name="context">The request.</param>
/// <param name="candidate">Whom it is made at.</param>
/// <param name="silence">How long the first byte is waited for, where that is shorter than the gateway's own limit.</param>
internal sealed class Attempt(RequestContext context, Candidate candidate, TimeSpan? silence = null)
{
    /// <summary>The most an error body is read to.</summary>
    private const int MaxErrorBytes = 1 << 20;

    private static readonly WireError ShuttingDown = new(ErrorKind.Unavailable, "This gateway is shutting down; the answer was ended before it was complete. Try again in a moment.")
    {
        Status = 503, Code = "shutting_down", RetryAfter = TimeSpan.FromSeconds(2),
    };

    private readonly ClientRequest _request = context.Request;
    private readonly ForwardingServices _services = context.Services;
    private ProviderModule? _provider;
    private VersionedCredential? _sent;

    /// <summary>When it began, as a timestamp of the clock.</summary>
    public long Started { get; } = context.Services.Time.GetTimestamp();

    public ClientRequest Request => context.Request;

    public Candidate Candidate => candidate;

    public ForwardingServices Services => context.Services;

    public ForwardingOptions Options => context.Options;

    /// <summary>How long the first byte is waited for.</summary>
    public TimeSpan FirstByteTimeout => silence is { } limit && (Options.FirstByteTimeout <= TimeSpan.Zero || limit < Options.FirstByteTimeout) ? limit : Options.FirstByteTimeout;

    public ProviderModule Provider => _provider ??= _services.Providers[candidate.Account.Provider];

    public Protocol UpstreamProtocol => Provider.ProtocolFor(candidate.Account, candidate.Model);

    /// <summary>The credential that the request carries; before it is made, the one that it would carry.</summary>
    public Credential Credential => _sent?.Credential ?? candidate.Account.Credential;

    /// <summary>How far it has come.</summary>
    public AttemptProgress Progress { get; } = new();

    /// <summary>What is reported to the client about changes in a body that passes; null where there is nothing to report.</summary>
    public Losses? ReportedLosses { get; set; }

    /// <summary>The way to a streaming client; null when the client wants a whole answer.</summary>
    public ClientStream? Stream => context.Stream;

    public IResponseChannel Channel => context.Channel;

    public CancellationToken ClientGone => context.ClientGone;

    /// <summary>What a fault on the way to or from the upstream means; null for a fault of our own.</summary>
    public WireError? Explain(Exception fault, ActivityTimeout timeout) => fault switch
    {
        _ when timeout.Stopped => ShuttingDown,
        WireException { Error: var refusal } when MemoryBudget.IsRefusal(refusal) => refusal,
        _ when timeout.RanOut => ConnectionFaults.Silent(candidate.Account.Label),
        _ => ConnectionFaults.Explain(fault, candidate.Account.Label),
    };

    /// <summary>Sends the body upstream and waits for the answer's headers. The memory that was written for it is given back here.</summary>
    public async Task<HttpResponseMessage> SendAsync(ReadOnlyMemory<byte> body, PooledBuffer? written, IReadOnlyList<KeyValuePair<string, string>> headers, ActivityTimeout timeout)
    {
        using (written)
        {
            await RenewAsync(timeout);
            var call = new UpstreamCall(candidate.Account, candidate.Model, UpstreamOperation.Generate) { Stream = _request.Stream, Body = body, ClientHeaders = headers };
            _sent = call.Credential;
            using var reduced = LeaveOutReasoning(ref call);
            using var patched = Patch(ref call);
            using var edited = Edit(ref call);
            body = call.Body;
            using var wrapped = Envelopes.Wrap(Provider, ref call, _services.Memory);
            using var message = await MakeAsync(call, timeout);
            Progress.IsPending = true;
            _request.Capture?.OnUpstreamRequest(context.Attempts, body, _request.Body);
            var response = await AskAsync(call, message, timeout);
            ReportQuotas(response.Headers);
            await ResponseKind.DecodeAsync(response, timeout.Token);
            await Envelopes.UnwrapAsync(Provider, response, Options.MaxAnswerBytes, Options.MaxFrameBytes, _services.Memory, timeout.Token);
            if (_request.Capture is { } capture) await capture.OnUpstreamResponseAsync(context.Attempts, response, timeout.Token);
            return response;
        }
    }

    /// <summary>Asks over a WebSocket where the account's owner wants that and the vendor takes it, else over HTTP.</summary>
    private async Task<HttpResponseMessage> AskAsync(UpstreamCall call, HttpRequestMessage message, ActivityTimeout timeout)
    {
        Progress.Transport = AttemptTransport.Http;
        if (Provider.Sockets is { } binding && binding.IsWanted(candidate.Account))
        {
            Progress.Transport = AttemptTransport.WebSocket;
            if (await _services.Sockets.TrySendAsync(binding, call, message, new SocketLimits(Options.MaxFrameBytes, _services.Memory), ReportQuotas, timeout.Token) is { } answered) return answered;
            Progress.Transport = AttemptTransport.HttpFallback;
        }

        return await _services.Http.SendAsync(candidate.Account, message, timeout.Token);
    }

    private void ReportQuotas(HttpResponseHeaders headers)
    {
        if (Provider.Quotas?.ReadHeaders(headers, _services.Time.GetUtcNow()) is { } quotas) _services.Router.ReportQuotas(candidate, quotas);
    }

    /// <summary>Takes out of the body what only another organization's account could read, once an upstream has said so.</summary>
    /// <returns>The memory of the changed body; null where it goes as it is.</returns>
    private PooledBuffer? LeaveOutReasoning(ref UpstreamCall call)
    {
        if (!context.LeavesOutReasoning) return null;
        var reduced = new PooledBuffer(call.Body.Length, _services.Memory);
        if (!ProtocolRegistry.Traits(UpstreamProtocol).TryLeaveOutReasoning(call.Body, reduced))
        {
            reduced.Dispose();
            return null;
        }

        (ReportedLosses ??= new()).Drop("reasoning", "it was made by another organization's account, which alone can read it");
        Progress.Losses = ReportedLosses.Items;
        call = call with { Body = reduced.WrittenMemory };
        return reduced;
    }

    /// <summary>Sets and takes out the members that the owner's rules name, and reports them.</summary>
    /// <returns>The memory of the changed body; null where it goes as it is.</returns>
    private PooledBuffer? Patch(ref UpstreamCall call)
    {
        if (Options.Payload.All.Count == 0 || Options.Payload.For(new PayloadTarget(candidate.Model.Id, _request.ShownModel, UpstreamProtocol, Provider.FileType, _request.ClientProtocol.Protocol, _request.RuleHeaders)) is not { } rules) return null;
        var patched = new PooledBuffer(call.Body.Length + 256, _services.Memory);
        try
        {
            if (PayloadPatch.Apply(rules, call.Body, _request.Body, patched) is not { Count: > 0 } changes)
            {
                patched.Dispose();
                return null;
            }

            ReportedLosses ??= new();
            foreach (var path in changes) ReportedLosses.Approximate(path, "the gateway's payload rules change it");
            Progress.Losses = ReportedLosses.Items;
        }
        catch
        {
            patched.Dispose();
            throw;
        }

        call = call with { Body = patched.WrittenMemory };
        return patched;
    }

    /// <summary>Changes the body as the vendor needs it, and reports what is lost by that.</summary>
    /// <returns>The memory of the changed body; null where it goes as it is.</returns>
    private PooledBuffer? Edit(ref UpstreamCall call)
    {
        if (Provider.Editor is not { } editor) return null;
        var edited = new PooledBuffer(call.Body.Length + 256, _services.Memory);
        try
        {
            var losses = ReportedLosses ?? new();
            if (!editor.TryEdit(call, edited, losses))
            {
                edited.Dispose();
                return null;
            }

            (ReportedLosses, Progress.Losses) = (losses, losses.Items);
        }
        catch (Exception ex)
        {
            edited.Dispose();
            if (ex is WireException { Error: var refusal }) throw new AccountException(refusal, FailureClass.Unsupported);
            throw;
        }

        call = call with { Body = edited.WrittenMemory };
        return edited;
    }

    /// <summary>Renews the account's login where it has ended or was refused. A body in which the account's profile or project stands is written after it.</summary>
    public async ValueTask RenewAsync(ActivityTimeout timeout)
    {
        if (Provider.Refresher is not null && _services.Renewal is { } renewal && await renewal.EnsureAsync(candidate.Account, timeout.Token) is { } unusable)
            throw new AccountException(unusable, unusable.Code == AccountErrors.NeedsSignInCode ? FailureClass.AuthDead : FailureClass.Transient);
    }

    /// <summary>The request as the provider makes it: at once, unless it has to fetch a credential first.</summary>
    private ValueTask<HttpRequestMessage> MakeAsync(UpstreamCall call, ActivityTimeout timeout)
    {
        try
        {
            var making = Provider.CreateRequestAsync(call, timeout.Token);
            return making.IsCompletedSuccessfully ? ValueTask.FromResult(making.Result ?? throw MakesNone()) : WaitAsync(making);
        }
        catch (WireException ex)
        {
            throw new AccountException(ex.Error);
        }

        async ValueTask<HttpRequestMessage> WaitAsync(ValueTask<HttpRequestMessage?> made)
        {
            try
            {
                return await made ?? throw MakesNone();
            }
            catch (WireException ex)
            {
                throw new AccountException(ex.Error);
            }
        }
    }

    private InvalidOperationException MakesNone() => new($"The provider '{Provider.Id}' makes no answers.");

    /// <summary>Turns an error answer into a failed attempt.</summary>
    public async Task<AttemptResult> FailAsync(HttpResponseMessage response, ActivityTimeout timeout)
    {
        if ((int)response.StatusCode is >= 300 and < 400) return UnexpectedContent(response, $"redirects to '{response.Headers.Location}' ({(int)response.StatusCode})");
        using var buffer = new PooledBuffer();
        await ReadBodyAsync(response, buffer, MaxErrorBytes, setting: null, timeout);
        // The skim lets broken JSON pass where the relay needs nothing behind it; the gateway can say where it breaks.
        if (response.StatusCode == HttpStatusCode.BadRequest && RequestEnvelope.FindProblem(_request.Body.Span) is { } words) throw WireException.Invalid(words, code: "invalid_json");
        var protocol = UpstreamProtocol;
        var body = Redaction.Apply(buffer.WrittenMemory, Credential);
        var error = ProtocolRegistry.Upstream(protocol).ReadError((int)response.StatusCode, body) with { Origin = protocol };
        var result = Fail(error, response.Headers, body);
        // A page or a plain word is nothing that the client's SDK could read, nor is the form of a host that puts its own errors before the protocol's: their status and words are all that counts.
        var same = protocol == _request.ClientProtocol.Protocol && ResponseKind.IsJson(body.Span) == true && (result.Failure?.Error.Origin ?? protocol) == protocol;
        return result with { ErrorBody = same ? body.ToArray() : default };
    }

    /// <summary>A failed attempt from an error that the upstream told.</summary>
    public AttemptResult Fail(WireError error, HttpResponseHeaders headers, ReadOnlyMemory<byte> body = default)
    {
        if (error.RequestId is null) error = error with { RequestId = UpstreamHeaders.RequestId(headers) };
        error = error with { Message = Redaction.Apply(error.Message, Credential) };
        if (error.Code == EmptyAnswers.Code && _request.EmptyAnswerText is not null) return new AttemptResult { Failure = new Failure(FailureClass.Transient, error) { IsEmptyAnswer = true } };
        var failure = Provider.Failures.Classify(new UpstreamFailure(error, headers, _services.Time.GetUtcNow()) { Body = body, Account = candidate.Account, Model = candidate.Model });
        failure = ErrorRule.Apply(candidate.Account.ErrorRules, failure, error.EffectiveStatus, () => body.IsEmpty ? error.Message : Encoding.UTF8.GetString(body.Span));
        // Only the version that failed is marked; a newer one has not been tried.
        if (failure.Class == FailureClass.AuthExpired && _sent is { } sent) candidate.Account.Cell.Reject(sent.Version);
        return new AttemptResult
        {
            Failure = failure,
            Headers = UpstreamHeaders.Select(headers, Options.PassthroughHeaders),
        };
    }

    /// <summary>Counts what a question of the gateway's own has cost, which served this request.</summary>
    public void CountBeside(UpstreamModel model, TokenUsage usage) => context.CountBeside(candidate with { Model = model }, usage);

    /// <summary>A failed attempt because what answered is not the API that the account's address should lead to.</summary>
    public AttemptResult UnexpectedContent(HttpResponseMessage response, string what) => new()
    {
        Failure = new Failure(FailureClass.UpstreamBug, new WireError(ErrorKind.Api, $"The upstream '{candidate.Account.Label}' {what} instead of answering; check its base-url.")
        {
            Status = 502, Code = ConnectionFaults.ProtocolError,
        }),
        Headers = UpstreamHeaders.Select(response.Headers, all: false),
    };

    /// <summary>Sends a whole answer to the client.</summary>
    public Task WriteAnswerAsync(ReadOnlyMemory<byte> answer) => WholeAnswer.SendAsync(context.Channel, answer, Options.ClientWriteTimeout, _services.Time, context.ClientGone);

    /// <summary>Reads a whole body.</summary>
    public Task ReadAnswerAsync(HttpResponseMessage response, PooledBuffer buffer, ActivityTimeout timeout)
        => ReadBodyAsync(response, buffer, Options.MaxAnswerBytes, "limits.max-answer-mb", timeout);

    /// <summary>The headers of an answer; <paramref name="length"/> is its body's, where that is known.</summary>
    public AnswerHeaders HeadersFor(HttpResponseMessage response, Losses? losses, long? length = null) => new()
    {
        Length = length,
        Flow = _request.FlowId,
        Provider = Provider.Id,
        Account = candidate.Account.Label,
        Model = candidate.Model.Id,
        Attempts = context.Attempts + 1,
        Losses = losses is null ? null : LossesHeader.Format(losses),
        Upstream = UpstreamHeaders.Select(response.Headers, Options.PassthroughHeaders),
    };

    private async Task ReadBodyAsync(HttpResponseMessage response, PooledBuffer buffer, int limit, string? setting, ActivityTimeout timeout)
    {
        var body = await response.Content.ReadAsStreamAsync(timeout.Token);
        await using (body.ConfigureAwait(false))
        {
            if (response.Content.Headers.ContentLength > limit) throw TooLarge(limit, setting);
            // A known length is received in one piece of memory.
            var hint = (int)Math.Min(response.Content.Headers.ContentLength ?? 0, limit) + 1;
            while (true)
            {
                var count = await body.ReadAsync(buffer.GetMemory(Math.Max(hint - buffer.Length, 4096)), timeout.Token);
                if (count == 0) return;
                timeout.Expect(Options.IdleTimeout);
                buffer.Advance(count);
                if (buffer.Length > limit) throw TooLarge(limit, setting);
            }
        }
    }

    private static InvalidDataException TooLarge(int limit, string? setting) => new($"an answer larger than {limit >> 20} MB{(setting is null ? "" : $" ({setting})")}.");
}
