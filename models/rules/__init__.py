"""How bodies decide: voting, postponing, electing, and who takes part. Pure; each rule with its source beside it.

KL is the Swedish Local Government Act (kommunallag 2017:725). KSL is the Danish Local Government Act
(kommunestyrelsesloven), whose rules for meetings hold for regional councils as well.
"""
