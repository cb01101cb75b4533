using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Forwarding.Transport;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Logins;
using Dragoman.Gateway.Settings;
using Dragoman.Management.Audit;
using Dragoman.Management.Hosting;

namespace Dragoman.Management.Logins;

/// <summary>
/// Signing in to providers. A login belongs to who began it, is good once and for a limited time, and is shown before it is saved. A browser that comes back is known by its state
/// alone; what a person pastes, by who pastes it and by the state where it has one.
/// </summary>
public sealed class LoginService(
    ProviderRegistry providers, VendorContexts vendors, Acknowledgements acknowledgements, LoginSaving saving, DevicePolling polling, ILoopbackListeners listeners, AuditTrail audit, TimeProvider time) : IDisposable
{
    /// <summary>The path that browsers are sent back to, at the gateway's own address; the state may stand behind it.</summary>
    public const string CallbackPath = "/login/callback";

    private const int MostCode = 4_096;
    private const int MostInput = 500;
    private static readonly TimeSpan BrowserTerm = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan LongestTerm = TimeSpan.FromMinutes(30);

    private readonly LoginSessions _sessions = new();

    /// <summary>The providers that people sign in to, and the caller's logins.</summary>
    public LoginListView List(Actor actor)
        => new([.. providers.All.Where(provider => provider.Logins.Count > 0).Select(LoginProviderView.From)], [.. _sessions.Of(actor).Select(session => session.View())]);

    /// <summary>Begins a login.</summary>
    /// <param name="start">What is wanted.</param>
    /// <param name="gateway">The gateway's address as the person's browser reaches it.</param>
    /// <param name="actor">Who begins it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<ManagementResult<LoginView>> StartAsync(LoginStart start, Uri gateway, Actor actor, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(start);
        ArgumentNullException.ThrowIfNull(gateway);
        if (string.IsNullOrEmpty(start.Provider) || !providers.TryGet(start.Provider, out var provider) || provider.Logins.Count == 0)
            return ManagementError.Invalid($"There is no provider '{start.Provider}' to sign in to. Those with a login: {string.Join(", ", providers.All.Where(other => other.Logins.Count > 0))}.", "provider");
        if (FlowOf(provider, start) is not { } flow)
            return ManagementError.Invalid($"There is no way '{start.Flow}' of signing in to {provider.Descriptor.DisplayName}. Those there are: {string.Join(", ", provider.Logins.Select(other => other.Id))}.", "flow");
        if (FaultOf(flow, start.Wishes) is { } fault) return fault;
        if (start.Proxy is { } proxy && AddressSettings.ParseProxy(proxy) is null) return ManagementError.Invalid("This is not a proxy's address. Write http://host:port, https://host:port, socks5://user:password@host:port, or direct.", "proxy");
        var terms = provider.Descriptor.ThirdPartyUse;
        // What an ended offer has left behind is still taken from its files.
        if (terms.Position == ThirdPartyPosition.Ended && start.Content is not { Length: > 0 }) return ManagementError.Conflict($"{provider.Descriptor.DisplayName} has ended this login. {terms.Statement}", "login_ended");
        if (terms.Position == ThirdPartyPosition.Forbidden && await AcknowledgeAsync(provider, start, cancellationToken) is { } objection) return objection;
        var session = new LoginSession(start, provider, flow, vendors.For(provider, start.Proxy) with { Wishes = start.Wishes }, actor, time);
        if (!_sessions.TryAdd(session)) return ManagementError.Conflict($"{LoginSessions.MostOpen} logins are open already.", "too_many_logins", "Finish or cancel one of them.");
        session.ExpireIn(BrowserTerm);
        try
        {
            await BeginAsync(session, start, gateway, cancellationToken);
        }
        catch (Exception ex) when (ex is LoginException or HttpRequestException)
        {
            await saving.FailAsync(session, Describe(ex));
            return new ManagementError(ManagementErrorKind.Conflict, "login_failed", ex.Message) { Fix = (ex as LoginException)?.Fix };
        }
        catch
        {
            session.End(LoginStatus.Cancelled, null);
            throw;
        }

        await audit.RecordAsync(actor, "login.start", provider.Id, AuditTrail.Done, start.Acknowledged ? $"{flow.Id}, the vendor's position acknowledged" : flow.Id);
        return session.View();
    }

    /// <summary>What keeps a login at a vendor that forbids it from beginning; null where the owner has read the position as it stands.</summary>
    private async Task<ManagementError?> AcknowledgeAsync(ProviderModule provider, LoginStart start, CancellationToken cancellationToken)
    {
        var terms = provider.Descriptor.ThirdPartyUse;
        try
        {
            if (start.Acknowledged) await acknowledgements.AddAsync(provider, cancellationToken);
            else if (!await acknowledgements.HasAsync(provider, cancellationToken))
                return ManagementError.Conflict($"{provider.Descriptor.DisplayName} does not allow this use ({terms.AsOf:yyyy-MM-dd}): {terms.Statement}", "acknowledgement_required", "Say that you have read this, if you want to sign in all the same.");
            return null;
        }
        catch (StoreException ex)
        {
            return ManagementError.Unavailable(ex);
        }
    }

    /// <summary>A login.</summary>
    public ManagementResult<LoginView> Get(string id, Actor actor) => _sessions.Find(id, actor) is { } session ? session.View() : Unknown();

    /// <summary>A login's changes as they happen (<c>login</c>, a <see cref="LoginView"/>), the present state first, until it is over.</summary>
    public ManagementResult<EventSource> Follow(string id, Actor actor) => _sessions.Find(id, actor) is { } session ? FollowOf(session) : Unknown();

    /// <summary>Goes on with what a person pasted: the whole address that the browser ended at, <c>code#state</c>, or the bare code.</summary>
    public async Task<ManagementResult<LoginView>> CompleteAsync(string id, string? pasted, Actor actor, CancellationToken cancellationToken)
    {
        if (_sessions.Find(id, actor) is not { } session) return Unknown();
        if (session.Flow is not IBrowserLogin || session.Authorization is not { } request) return ManagementError.Conflict($"Nothing can be pasted: the login is {LoginSaving.Name(session.Status)}.", "login_not_ready");
        if (PastedAnswer.Parse(pasted, session.IsStateInPath) is not { } answer || answer.Code is { Length: > MostCode }) return NoCode();
        if (answer is { Code: null, Error: null } && session.Flow is not IPortalLogin) return NoCode();
        if (answer.State is { } state && !PkceCode.AreSame(state, request.State)) return ManagementError.Invalid("This belongs to another login: its state is not this one's.", "text", "state_mismatch");
        if (answer.Error is not null)
        {
            await saving.FailAsync(session, $"{session.Provider.Descriptor.DisplayName} says: {Bounded(answer.Error)}");
            return session.View();
        }

        if (await WayOfAsync(session, answer.Code, answer.Answer) is not { } way)
        {
            if (!session.HasEnded) return NoCode();
            return session.View();
        }

        if (!await GoOnAsync(session, way, answer.Code).WaitAsync(cancellationToken)) return ManagementError.Conflict($"The login is {LoginSaving.Name(session.Status)} already.", "login_used");
        return session.View();
    }

    /// <summary>Whether a login waits for a browser that brings this state in the query.</summary>
    public bool IsAwaited(string? state) => state is { Length: > 0 } && _sessions.FindByState(state, isInPath: false) is not null;

    /// <summary>Goes on with what a browser brought back.</summary>
    public async Task<CallbackPage> CallbackAsync(LoginCallback callback, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var inPath = callback.PathState is { Length: > 0 };
        if ((inPath ? callback.PathState : callback.State) is not { Length: > 0 } state || _sessions.FindByState(state, inPath) is not { } session)
            return new CallbackPage(false, "Nothing waits for this sign-in", "It has expired, was used already, or belongs to another gateway. Begin another one where you began it.");
        var vendor = session.Provider.Descriptor.DisplayName;
        if (callback.Error is { Length: > 0 } error)
        {
            await saving.FailAsync(session, $"{vendor} says: {Bounded(callback.ErrorDescription is { Length: > 0 } words ? $"{error}: {words}" : error)}");
            return new CallbackPage(false, "The sign-in was refused", $"{vendor} refused it, or you declined there. The place where you began it shows the reason; begin another sign-in there.");
        }

        if (await WayOfAsync(session, callback.Code is { Length: > 0 and <= MostCode } code ? code : null, callback.Answer) is not { } way)
            return session.HasEnded ? Failed() : new CallbackPage(false, "There is no code in this address", "Begin another sign-in where you began it.");
        if (!await GoOnAsync(session, way, callback.Code).WaitAsync(cancellationToken)) return new CallbackPage(false, "This sign-in was used already", "Go back to where you began it.");
        return session.Status switch
        {
            LoginStatus.Saved => new CallbackPage(true, $"Signed in to {vendor}", "The account is saved. You can close this page."),
            LoginStatus.AwaitingConfirmation => new CallbackPage(true, $"Signed in to {vendor}", "Close this page, go back to where you began, and confirm the account there."),
            LoginStatus.Waiting when session.UserCode is { } entered => new CallbackPage(true, $"Go on with the code {entered}", "Open the page below and check that it shows this code. When you have signed in there, go back to where you began.") { Next = session.CompleteAddress ?? session.Address },
            _ => Failed(),
        };
    }

    /// <summary>Saves what came back.</summary>
    /// <param name="id">The login.</param>
    /// <param name="label">What the account is to be called; null for what the login says.</param>
    /// <param name="actor">Who confirms it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<ManagementResult<LoginView>> ConfirmAsync(string id, string? label, Actor actor, CancellationToken cancellationToken)
    {
        if (_sessions.Find(id, actor) is not { } session) return Unknown();
        return await saving.ConfirmAsync(session, label, cancellationToken) is { } error ? error : session.View();
    }

    /// <summary>Gives a login up; null when it was done.</summary>
    public async Task<ManagementError?> CancelAsync(string id, Actor actor)
    {
        if (_sessions.Find(id, actor) is not { } session) return Unknown();
        if (session.End(LoginStatus.Cancelled, null)) await audit.RecordAsync(actor, "login.cancel", session.Provider.Id);
        return null;
    }

    /// <summary>Ends every login.</summary>
    public void Dispose() => _sessions.Dispose();

    private async Task BeginAsync(LoginSession session, LoginStart start, Uri gateway, CancellationToken cancellationToken)
    {
        switch (session.Flow)
        {
            case IBrowserLogin browser:
                await BeginBrowserAsync(session, browser, gateway, cancellationToken);
                break;
            case IDeviceLogin device:
                var authorization = await device.BeginAsync(session.Context, cancellationToken);
                (session.Address, session.CompleteAddress, session.UserCode) = (authorization.Address, authorization.CompleteAddress, authorization.UserCode);
                Poll(session, device, authorization);
                break;
            case IImportLogin import:
                if (start.Content is not { Length: > 0 } content) throw new LoginException("There is nothing to import.") { Fix = "Send the content of the file." };
                session.TryMove(LoginStatus.Waiting, LoginStatus.Redeeming);
                var file = System.Text.Encoding.UTF8.GetBytes(content);
                session.ImportDigest = import.Inspect(file)?.Digest;
                await saving.TakeAsync(session, await import.ReadAsync(file, session.Context, cancellationToken));
                break;
        }
    }

    private async Task BeginBrowserAsync(LoginSession session, IBrowserLogin flow, Uri gateway, CancellationToken cancellationToken)
    {
        var rule = flow.Redirect(session.Context);
        var (state, verifier) = (PkceCode.Create(), PkceCode.Create());
        Uri redirect;
        if (session.Start.Headless && rule.CodePage is { } page)
        {
            redirect = page;
            session.Hint = "Sign in, and paste the code that the page shows.";
        }
        else if (rule.Ports.Count > 0)
        {
            var port = rule.Ports[0];
            // A browser elsewhere would ask its own machine.
            if (!session.Start.Headless && gateway.IsLoopback)
            {
                session.Listener = await listeners.OpenAsync(rule.Ports, cancellationToken);
                port = session.Listener.Port ?? port;
            }

            redirect = new Uri($"http://{rule.Host}:{port}{rule.Path}");
            session.Hint = session.Listener is { Port: not null } ? null : $"{session.Listener?.Problem} After signing in the browser cannot open its last page: copy that page's whole address and paste it.".TrimStart();
        }
        else
        {
            // Vendors take https and loopback only; from elsewhere the address is pasted.
            var isOpen = gateway.Scheme == Uri.UriSchemeHttps || gateway.IsLoopback;
            var front = isOpen ? gateway.GetLeftPart(UriPartial.Authority) : $"http://localhost:{gateway.Port}";
            redirect = new Uri(front + CallbackPath + (rule.StateInPath ? $"/{state}" : ""));
            if (!isOpen || session.Start.Headless) session.Hint = "After signing in the browser may not open its last page: copy that page's whole address and paste it.";
        }

        session.IsStateInPath = rule.StateInPath;
        var request = new AuthorizationRequest(state, verifier, PkceCode.ChallengeOf(verifier), redirect);
        session.Address = flow.AddressOf(request, session.Context);
        session.Authorization = request;
    }

    private void Poll(LoginSession session, IDeviceLogin device, DeviceAuthorization authorization)
    {
        session.ExpireIn(authorization.ExpiresIn > LongestTerm ? LongestTerm : authorization.ExpiresIn);
        _ = polling.RunAsync(session, device, authorization);
    }

    /// <summary>How a login goes on with what came back: by its own flow with the code, or by the way that the person has chosen at the vendor's page. Null where nothing came back that it could go on with, or the login has failed by it.</summary>
    private async Task<LoginChoice?> WayOfAsync(LoginSession session, string? code, IReadOnlyDictionary<string, string> answer)
    {
        if (session.Flow is not IPortalLogin portal) return code is null ? null : new LoginChoice(session.Flow, session.Context.Wishes);
        try
        {
            return portal.ChoiceIn(answer) is { } choice && (code is not null || choice.Flow is IDeviceLogin) ? choice : null;
        }
        catch (LoginException ex)
        {
            await saving.FailAsync(session, Describe(ex));
            return null;
        }
    }

    /// <summary>Redeems a code, or begins what the person has chosen; false where that was done before. Who waits for it may leave: what came back is good once.</summary>
    private async Task<bool> GoOnAsync(LoginSession session, LoginChoice way, string? code)
    {
        if (session.Authorization is not { } request || !session.TryMove(LoginStatus.Waiting, LoginStatus.Redeeming)) return false;
        try
        {
            var context = way.Wishes.Count == 0 ? session.Context : session.Context with { Wishes = way.Wishes };
            if (way.Flow is IDeviceLogin device)
            {
                var authorization = await device.BeginAsync(context, session.Over);
                // The browser does not come back here any more.
                session.CloseListener();
                if (session.TryGoOn(device, context, authorization)) Poll(session, device, authorization);
            }
            else
            {
                await saving.TakeAsync(session, await ((IBrowserLogin)way.Flow).RedeemAsync(code!, request, context, session.Over));
            }
        }
        catch (Exception ex) when (ex is LoginException or HttpRequestException)
        {
            await saving.FailAsync(session, Describe(ex));
        }
        catch (OperationCanceledException)
        {
            // The login was given up.
        }
        catch (Exception ex)
        {
            await saving.FailAsync(session, $"The login failed for a reason that was not foreseen ({ex.GetType().Name}).");
        }

        return true;
    }

    private static EventSource FollowOf(LoginSession session) => async (report, cancellationToken) =>
    {
        while (true)
        {
            // The next change is waited for from before the view is taken.
            var changed = session.Changed;
            var view = session.View();
            await report("login", view);
            if (view.HasEnded) return;
            await changed.WaitAsync(cancellationToken);
        }
    };

    private static ILoginFlow? FlowOf(ProviderModule provider, LoginStart start)
    {
        if (start.Flow is { } id) return provider.Logins.FirstOrDefault(flow => flow.Id.Equals(id, StringComparison.OrdinalIgnoreCase));
        return start.Content is not null ? provider.Logins.FirstOrDefault(flow => flow is IImportLogin) : provider.Logins[0];
    }

    /// <summary>What is wrong with what was said for a login; null for nothing. What it means is the flow's to check.</summary>
    private static ManagementError? FaultOf(ILoginFlow flow, IReadOnlyDictionary<string, string> inputs)
    {
        var findings = new List<ManagementFinding>();
        foreach (var (name, text) in inputs)
        {
            if (flow.Inputs.All(field => field.Name != name))
                findings.Add(new ManagementFinding($"inputs.{name}", flow.Inputs.Count == 0 ? "This way of signing in asks for nothing." : $"This way of signing in does not ask for it. It asks for {string.Join(", ", flow.Inputs.Select(static field => field.Name))}."));
            else if (text.Length > MostInput || text.Any(char.IsControl)) findings.Add(new ManagementFinding($"inputs.{name}", $"It must be one line of at most {MostInput} characters."));
        }

        foreach (var field in flow.Inputs)
            if (field.IsRequired && !inputs.ContainsKey(field.Name)) findings.Add(new ManagementFinding($"inputs.{field.Name}", "It is needed for this way of signing in.", field.Description));
        return findings.Count > 0 ? ManagementError.Invalid(findings) : null;
    }

    private static string Describe(Exception fault) => fault is LoginException { Fix: { } fix } ? $"{fault.Message} {fix}" : fault.Message;

    private static CallbackPage Failed() => new(false, "The sign-in failed", "The place where you began it shows the reason. Begin another sign-in there.");

    private static ManagementError NoCode() => ManagementError.Invalid("There is no code in this. Paste the whole address that the browser ended at, or the code that the page shows.", "text");

    private static string Bounded(string text) => text.Length <= 300 ? text : string.Concat(text.AsSpan(0, 300), "…");

    private static ManagementError Unknown() => ManagementError.NotFound("There is no such login, or somebody else began it.");
}
