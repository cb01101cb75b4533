using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Vendor;

namespace Dragoman.Providers.Kiro;

/// <summary>Ends a login with Google or GitHub at Kiro's own sign-in, as its command line does. AWS's and companies' logins end at their own pages.</summary>
internal sealed class KiroSignOut : ISignOut
{
    /// <inheritdoc/>
    public async Task<string?> RevokeAsync(Account account, OAuthCredential credential, VendorContext vendor, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(credential);
        switch (KiroExtra.MethodOf(credential))
        {
            case KiroExtra.Oidc:
                return "AWS has no way for programs to end this login; end the session at its start page.";
            case KiroExtra.External:
                return "The login ends at your company's identity provider.";
        }

        var settings = vendor.SettingsAs<KiroSettings>();
        using var question = KiroVendor.Post($"{settings.AuthUrl}/logout", writer => writer.WriteString("refreshToken", credential.RefreshToken ?? ""));
        question.Headers.TryAddWithoutValidation("User-Agent", KiroVendor.UserAgentOf(settings, KiroVendor.MachineIdOf(credential)));
        var answer = await KiroVendor.AskAsync(vendor, question, cancellationToken);
        return answer.IsSuccess || answer.Code is 400 or 401 ? null : $"{answer.Describe(KiroVendor.Name)}.";
    }
}
