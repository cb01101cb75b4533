using Dragoman.Gateway.AccountManagement;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Logins;
using Dragoman.Gateway.Providers.Vendor;
using Dragoman.Management.Hosting;

namespace Dragoman.Management.Logins;

/// <summary>
/// One login, from its beginning until it is saved or over. All changes go through <see cref="TryMove"/>, so that a code is redeemed once and a result is saved once, whoever
/// comes at the same moment. Its secrets (state, verifier, device code, what came back) are forgotten with its end.
/// </summary>
internal sealed class LoginSession : IDisposable
{
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _over = new();
    private readonly TimeProvider _time;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ITimer? _deadline;
    private LoginResultView? _shown;
    private string? _error;
    private string? _accountId;
    private string? _account;

    public LoginSession(LoginStart start, ProviderModule provider, ILoginFlow flow, VendorContext context, Actor owner, TimeProvider time)
    {
        (Start, Provider, Flow, Context, Owner, _time) = (start with { Content = null }, provider, flow, context, owner, time);
        BeganAt = time.GetUtcNow();
        ExpiresAt = BeganAt;
    }

    public string Id { get; } = PkceCode.Create();

    public LoginStart Start { get; }

    public ProviderModule Provider { get; }

    /// <summary>The way that it goes; another one where the person has chosen so at the vendor's page.</summary>
    public ILoginFlow Flow { get; private set; }

    public VendorContext Context { get; private set; }

    /// <summary>Who began it, and alone may see it and go on with it.</summary>
    public Actor Owner { get; }

    public DateTimeOffset BeganAt { get; }

    public DateTimeOffset ExpiresAt { get; private set; }

    /// <summary>What the vendor's address was made of; null for other flows, and after the end.</summary>
    public AuthorizationRequest? Authorization { get; set; }

    /// <summary>Whether the state stands in the path of what comes back.</summary>
    public bool IsStateInPath { get; set; }

    public Uri? Address { get; set; }

    public Uri? CompleteAddress { get; set; }

    public string? UserCode { get; set; }

    public string? Hint { get; set; }

    /// <summary>The digest of the credential in the file that is imported; null for another kind of login.</summary>
    public string? ImportDigest { get; set; }

    /// <summary>The listener on a port of the vendor's; null where none is needed.</summary>
    public LoopbackListener? Listener { get; set; }

    public LoginStatus Status { get; private set; } = LoginStatus.Waiting;

    /// <summary>What came back; null before, and after the end.</summary>
    public LoginResult? Result { get; private set; }

    /// <summary>Cancelled when it is over.</summary>
    public CancellationToken Over => _over.Token;

    /// <summary>Ends with the next change.</summary>
    public Task Changed
    {
        get
        {
            lock (_gate) return _changed.Task;
        }
    }

    public bool HasEnded => Status is LoginStatus.Saved or LoginStatus.Failed or LoginStatus.Cancelled or LoginStatus.Expired;

    /// <summary>Moves on, if it is where the caller thinks it is.</summary>
    public bool TryMove(LoginStatus from, LoginStatus to)
    {
        lock (_gate)
        {
            if (Status != from) return false;
            Status = to;
            _error = null;
            Signal();
            return true;
        }
    }

    /// <summary>Gives the person so long from now on; then it expires.</summary>
    public void ExpireIn(TimeSpan term)
    {
        lock (_gate)
        {
            if (HasEnded) return;
            ExpiresAt = _time.GetUtcNow() + term;
            _deadline?.Dispose();
            _deadline = _time.CreateTimer(static session => ((LoginSession)session!).Expire(), this, term, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Goes on with a device code, because the person has chosen so at the vendor's page. What the page sent back is used up by that.</summary>
    public bool TryGoOn(IDeviceLogin flow, VendorContext context, DeviceAuthorization authorization)
    {
        lock (_gate)
        {
            if (Status != LoginStatus.Redeeming) return false;
            (Flow, Context, Authorization, Hint, Status) = (flow, context, null, null, LoginStatus.Waiting);
            (Address, CompleteAddress, UserCode) = (authorization.Address, authorization.CompleteAddress, authorization.UserCode);
            Signal();
            return true;
        }
    }

    /// <summary>What came back, to be confirmed. It stays <see cref="LoginStatus.Redeeming"/> where it is saved at once: there is nothing to confirm then.</summary>
    public bool TryArrive(LoginResult result, AccountEntry? known)
    {
        lock (_gate)
        {
            if (Status != LoginStatus.Redeeming) return false;
            (Result, _shown) = (result, LoginResultView.From(result, known));
            if (!Start.SaveAtOnce) Status = LoginStatus.AwaitingConfirmation;
            Signal();
            return true;
        }
    }

    /// <summary>It was not saved this time; it can be tried again.</summary>
    public void ReturnToConfirmation(string error)
    {
        lock (_gate)
        {
            if (Status != LoginStatus.Redeeming) return;
            (Status, _error) = (LoginStatus.AwaitingConfirmation, error);
            Signal();
        }
    }

    /// <summary>It is saved.</summary>
    public void Save(AccountEntry account)
    {
        lock (_gate)
        {
            if (HasEnded) return;
            (_accountId, _account) = (account.Id, account.Label);
        }

        End(LoginStatus.Saved, null);
    }

    /// <summary>It is over: false where it was before.</summary>
    public bool End(LoginStatus status, string? error)
    {
        lock (_gate)
        {
            if (HasEnded) return false;
            (Status, _error, Result, Authorization) = (status, error, null, null);
            _deadline?.Dispose();
            Signal();
        }

        _over.Cancel();
        CloseListener();
        return true;
    }

    /// <summary>Closes the listener on a port of the vendor's: nobody is waited for there any more.</summary>
    public void CloseListener()
    {
        if (Listener is { } listener) _ = listener.DisposeAsync().AsTask();
    }

    public LoginView View()
    {
        lock (_gate)
        {
            var left = HasEnded ? TimeSpan.Zero : ExpiresAt - _time.GetUtcNow();
            var waits = Status == LoginStatus.Waiting;
            return new LoginView(
                Id, Provider.Id, Provider.Descriptor.DisplayName, Flow.Id, Flow.Method, Status, waits ? Address?.AbsoluteUri : null, waits ? CompleteAddress?.AbsoluteUri : null, waits ? UserCode : null,
                waits && Flow is IBrowserLogin, waits ? Hint : null, ExpiresAt, (int)Math.Max(0, left.TotalSeconds), Provider.Descriptor.ThirdPartyUse, _shown, _error, _accountId, _account);
        }
    }

    public void Dispose()
    {
        End(LoginStatus.Cancelled, null);
        _deadline?.Dispose();
        _over.Dispose();
    }

    private void Expire()
    {
        // What is being redeemed or saved at this moment is let finish.
        if (Status is LoginStatus.Redeeming) ExpireIn(TimeSpan.FromSeconds(30));
        else End(LoginStatus.Expired, "Nobody went on with the login in time. Begin another one.");
    }

    private void Signal()
    {
        _changed.TrySetResult();
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
