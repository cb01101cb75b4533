using System.Globalization;
using System.Net;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers.Actions;
using Dragoman.Gateway.Providers.Vendor;

namespace Dragoman.Providers.Kiro;

/// <summary>
/// Switches use beyond the plan on or off (<c>setUserPreference</c>; wire notes logins-2026-11, section 5): by the rules of the usage endpoint, in the region of the profile, and up to version 0.9.2 of the interface without a profile.
/// </summary>
/// <param name="memory">Knows which accounts are suspended.</param>
/// <param name="turnsOn">Whether it is switched on.</param>
internal sealed class KiroOverageAction(KiroMemory memory, bool turnsOn) : IAccountAction
{
    /// <inheritdoc/>
    public string Id => turnsOn ? "overage-on" : "overage-off";

    /// <inheritdoc/>
    public string Title => turnsOn ? "Allow paid use beyond the plan" : "End paid use beyond the plan";

    /// <inheritdoc/>
    public string Effect => turnsOn
        ? "When the plan's credits are used up, further requests of all programs are charged to the account, up to the vendor's cap. It stays so until it is switched off."
        : "When the plan's credits are used up, further requests are refused until the next month. What was charged already is not given back.";

    /// <inheritdoc/>
    public bool IsOffered(Account account) => account.Credential is OAuthCredential;

    /// <inheritdoc/>
    public async Task<ActionPreview> PreviewAsync(AccountActionCall call, VendorContext vendor, CancellationToken cancellationToken)
    {
        if (Login(call, out var problem) is not { } login) return ActionPreview.Impossible(problem!);
        var (answer, named) = await KiroUsage.QuestionAsync(login, vendor, cancellationToken);
        if (answer.Status == HttpStatusCode.BadRequest && named) (answer, _) = await KiroUsage.QuestionAsync(KiroIdentity.With(login, KiroExtra.ProfileArn, ""), vendor, cancellationToken);
        if (answer is not { IsSuccess: true, Json: { } json }) return ActionPreview.Impossible($"{answer.Describe(KiroVendor.Name)}.", answer.Status == HttpStatusCode.Unauthorized);
        var usage = KiroUsage.Read(json);
        if (usage.HasOverage == turnsOn) return ActionPreview.Impossible($"Use beyond the plan is {(turnsOn ? "on" : "off")} already.");
        if (turnsOn && usage.CanHaveOverage == false) return ActionPreview.Impossible($"The plan{(usage.Plan is { } plan ? $" ({plan})" : "")} cannot be used beyond its limit.");
        return ActionPreview.Possible($"{usage.Describe()} {(turnsOn ? $"{Effect}{Price(usage)}" : Effect)}".TrimStart());
    }

    /// <inheritdoc/>
    public async Task<ActionOutcome> RunAsync(AccountActionCall call, VendorContext vendor, CancellationToken cancellationToken)
    {
        if (Login(call, out var problem) is not { } login) return ActionOutcome.Failed(problem!);
        var settings = vendor.SettingsAs<KiroSettings>();
        var profile = KiroExtra.Of(login, KiroExtra.ProfileArn);
        var answer = await SetAsync(login, KiroUsage.IsProfileWanted(settings) ? profile : null, profile, vendor, cancellationToken);
        if (answer.Status == HttpStatusCode.BadRequest && profile is not null && KiroUsage.IsProfileWanted(settings)) answer = await SetAsync(login, null, profile, vendor, cancellationToken);
        return answer.IsSuccess
            ? ActionOutcome.Done($"Use beyond the plan is {(turnsOn ? "on" : "off")} now.")
            : ActionOutcome.Failed($"{answer.Describe(KiroVendor.Name)}.", answer.Status == HttpStatusCode.Unauthorized);
    }

    private async Task<KiroAnswer> SetAsync(OAuthCredential login, string? named, string? profile, VendorContext vendor, CancellationToken cancellationToken)
    {
        var settings = vendor.SettingsAs<KiroSettings>();
        using var question = KiroVendor.Question(HttpMethod.Post, new Uri(KiroAddress.In(settings.ServiceUrl, KiroAddress.RegionOf(profile) ?? KiroAddress.DefaultRegion) + "/setUserPreference"), login, settings);
        question.Content = Abstractions.VendorJson.Body(writer =>
        {
            if (named is not null) writer.WriteString("profileArn", named);
            writer.WriteStartObject("overageConfiguration");
            writer.WriteString("overageStatus", turnsOn ? "ENABLED" : "DISABLED");
            writer.WriteEndObject();
        });
        return await KiroVendor.AskAsync(vendor, question, cancellationToken);
    }

    private OAuthCredential? Login(AccountActionCall call, out string? problem)
    {
        var login = call.Account.Cell.Current.Credential as OAuthCredential;
        problem = login is null ? "The account has no login." : memory.SuspensionOf(call.Account, login.AccessToken);
        return problem is null ? login : null;
    }

    private static string Price(KiroUsage usage)
    {
        if (usage.OverageRate is not { } rate) return "";
        var most = usage.OverageCap is > 0 and var cap ? string.Create(CultureInfo.InvariantCulture, $", at most {cap:0.##} of them") : "";
        return string.Create(CultureInfo.InvariantCulture, $" The vendor names {rate:0.####} {usage.Currency ?? "USD"} for each of the {usage.Unit}{most}.");
    }
}
