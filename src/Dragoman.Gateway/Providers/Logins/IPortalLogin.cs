namespace Dragoman.Gateway.Providers.Logins;

/// <summary>
/// A login in a browser at a page of the vendor's where the person chooses how to sign in. What comes back says the choice, and the same login goes on by it: with a code that another flow redeems, or with a
/// device code that the person enters elsewhere.
/// </summary>
public interface IPortalLogin : IBrowserLogin
{
    /// <summary>The way that the person has chosen.</summary>
    /// <param name="answer">What came back in the address, by name; foreign text.</param>
    /// <returns>The way; null where what came back says none.</returns>
    /// <exception cref="LoginException">The way is not one that the gateway can go.</exception>
    LoginChoice? ChoiceIn(IReadOnlyDictionary<string, string> answer);
}

/// <summary>A way of signing in that a person has chosen at a vendor's page.</summary>
/// <param name="Flow">The flow that goes on: an <see cref="IBrowserLogin"/> that redeems the code, or an <see cref="IDeviceLogin"/>.</param>
/// <param name="Wishes">What the page says for that flow, as if the person had said it (a start page, a region).</param>
public sealed record LoginChoice(ILoginFlow Flow, IReadOnlyDictionary<string, string> Wishes);
