using System.Web;
using Dragoman.Management;
using Dragoman.Management.Logins;
using Dragoman.Server.Surfaces.Abstractions;

namespace Dragoman.Server.Surfaces.Kiro;

/// <summary>The logins of a caller at this surface's provider: the newest one is meant where no id is given (wire note A.5).</summary>
internal sealed class KiroLogins(LoginService logins)
{
    /// <summary>Begins a login that is saved when it comes back.</summary>
    public async Task<ManagementResult<LoginView>> StartAsync(LoginStart start, SurfaceCall call)
    {
        var begun = await logins.StartAsync(start with { SaveAtOnce = true }, KiroAddress.Of(call.Context), call.Actor, call.CancellationToken);
        return begun.Succeeded ? begun : Explain(begun.Error);
    }

    /// <summary>The caller's newest login with a code, or in a browser.</summary>
    /// <param name="isDevice">Whether it is one with a code.</param>
    /// <param name="call">The call; <c>session_id</c> of its query or body chooses another than the newest.</param>
    /// <param name="id">The id that is asked for; null for the newest.</param>
    public LoginView? Newest(bool isDevice, SurfaceCall call, string? id = null)
        => All(isDevice, call).FirstOrDefault(login => id is null || login.Id == id);

    /// <summary>The state of a login in a browser, by which its answer is known again.</summary>
    public static string StateOf(LoginView login) => login.Address is { } address ? HttpUtility.ParseQueryString(new Uri(address).Query)["state"] ?? "" : "";

    /// <summary>Redeems a code: of the login of this state, else of none, and then the newest is given up (wire note K21).</summary>
    public async Task<ManagementResult<LoginView>> RedeemAsync(string code, string state, SurfaceCall call)
    {
        var open = All(isDevice: false, call);
        if (open.Count == 0) return NoLogin();
        // The browser may have come back by itself meanwhile.
        if (open[0].Status == LoginStatus.Saved) return open[0];
        var waiting = open.Where(static login => login.Status == LoginStatus.Waiting).ToList();
        if (waiting.Count == 0) return open[0].Error is { } reason ? ManagementError.Conflict(reason, "login_failed") : NoLogin();
        if (waiting.Find(login => StateOf(login) == state) is not { } login)
        {
            await logins.CancelAsync(waiting[0].Id, call.Actor);
            return ManagementError.Invalid("The state is not that of the login that was begun. Begin another one.", "state", "state_mismatch");
        }

        var done = await logins.CompleteAsync(login.Id, $"{code}#{state}", call.Actor, call.CancellationToken);
        if (!done.Succeeded) return done;
        return done.Value.Status == LoginStatus.Saved ? done : ManagementError.Conflict(done.Value.Error ?? "The login could not be saved.", "login_failed");
    }

    /// <summary>Gives the newest login up that is under way; false where there is none.</summary>
    public async Task<bool> CancelAsync(bool isDevice, SurfaceCall call)
        => All(isDevice, call).FirstOrDefault(static login => IsOpen(login)) is { } login && await logins.CancelAsync(login.Id, call.Actor) is null;

    /// <summary>Whether a login is under way.</summary>
    public static bool IsOpen(LoginView login) => login.Status is LoginStatus.Waiting or LoginStatus.Redeeming or LoginStatus.AwaitingConfirmation;

    /// <summary>Says how the vendor's position is acknowledged here, where that is what is missing.</summary>
    public static ManagementError Explain(ManagementError error) => error.Code == "acknowledgement_required"
        ? error with { Fix = "Who has read this and wants it all the same says so once: 'dragoman login kiro --acknowledge', or \"acknowledged\": true in the body of this request." }
        : error;

    private static ManagementError NoLogin() => ManagementError.Conflict("No login is running. Begin one.", "no_login");

    private List<LoginView> All(bool isDevice, SurfaceCall call)
        => [.. logins.List(call.Actor).Logins.Where(login => login.Provider == KiroAccounts.Provider && login.Method == (isDevice ? Gateway.Providers.Logins.LoginMethod.DeviceCode : Gateway.Providers.Logins.LoginMethod.Browser))];
}
